package compose

import (
	"fmt"
	"net/http"
	"os"
	"time"
)

// wget is what the health checks need of the program in the images of Prometheus,
// Alertmanager and Grafana, which need not be installed here: TestMain is it when
// it is called so.
func wget(address string) int {
	client := &http.Client{Timeout: 3 * time.Second}
	answer, err := client.Get(address)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		fmt.Fprintln(os.Stderr, address, answer.Status)
		return 1
	}
	return 0
}
