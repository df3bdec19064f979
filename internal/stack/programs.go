//go:build unix

package stack

import (
	"fmt"
	"os"
	"os/exec"
)

// ProgramsFromEnvironment are the programs that the variables VALKEY_SERVER,
// EXPORTER, MOCKAPP, PROMETHEUS and ALERTMANAGER name, as the scripts set them.
func ProgramsFromEnvironment() (Programs, error) {
	var p Programs
	for variable, into := range map[string]*string{
		"VALKEY_SERVER": &p.Valkey, "EXPORTER": &p.Exporter, "MOCKAPP": &p.Mockapp,
		"PROMETHEUS": &p.Prometheus, "ALERTMANAGER": &p.Alertmanager,
	} {
		path, err := exec.LookPath(os.Getenv(variable))
		if err != nil {
			return p, fmt.Errorf("%s=%s is not a program: start this by make, which sets it", variable, os.Getenv(variable))
		}
		*into = path
	}
	return p, nil
}
