// Command bundle writes every file that is derived from the catalogue, at
// present docs/metrics.md. `make generate` runs it.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kingpin/v2"
)

func main() {
	app := kingpin.New("bundle", "Writes the files that are derived from the catalogue of metrics.")
	app.HelpFlag.Short('h')
	out := app.Flag("out", "Root of the repository to write to.").Default(".").ExistingDir()
	check := app.Flag("check", "Write nothing; fail and show the difference when a file is not what would be written.").Bool()
	kingpin.MustParse(app.Parse(os.Args[1:]))

	if err := run(os.Stdout, *out, *check); err != nil {
		app.Fatalf("%v", err)
	}
}

func run(w io.Writer, out string, check bool) error {
	files := artefacts()
	if !check {
		return files.write(out)
	}
	found, err := files.findings(out)
	if err != nil {
		return err
	}
	for _, f := range found {
		fmt.Fprintln(w, f)
		fmt.Fprint(w, f.diff)
	}
	if len(found) > 0 {
		return errors.New("derived files are not current: run make generate")
	}
	return nil
}
