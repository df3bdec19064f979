//go:build unix

package stack

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// ServiceOptions say what is watched.
type ServiceOptions struct {
	Name string // the label instance
	Job  string // the label job

	Replica bool // there is a second server, with an exporter of its own

	ValkeyPort, ExporterPort int // 0: any that is free
}

// Service is what is watched: a server with an application at work on it and an
// exporter, and perhaps a replica with another.
type Service struct {
	ServiceOptions

	Primary  *Server
	App      *Process
	Exporter *Process

	Replica         *Server
	ReplicaExporter *Process
	Link            *Relay // from the replica to the primary

	troubles string // file that the application reads
	lock     sync.Mutex
	on       []string // troubles that are on
}

// service describes a service that has not started yet.
func (s *Stack) service(ctx context.Context, o ServiceOptions) (*Service, error) {
	v := &Service{ServiceOptions: o, troubles: filepath.Join(s.options.Dir, o.Name+"-troubles.txt")}
	var err error
	if v.Primary, err = s.server(ctx, o.Name+"-valkey", o.ValkeyPort); err != nil {
		return nil, err
	}
	if v.Exporter, err = s.exporter(ctx, o.Name+"-exporter", v.Primary.Addr, o.ExporterPort); err != nil {
		return nil, err
	}
	v.App = s.process(o.Name+"-mockapp", s.options.Programs.Mockapp, "")
	v.App.args = []string{"--valkey.addr=" + v.Primary.Addr, "--trouble-file=" + v.troubles}
	if !o.Replica {
		return v, os.RemoveAll(v.troubles)
	}
	if v.Link, err = newRelay(ctx, v.Primary.Addr); err != nil {
		return nil, err
	}
	of := strings.Split(v.Link.near, ":")
	if v.Replica, err = s.server(ctx, o.Name+"-replica", 0, "--replicaof", of[0], of[1]); err != nil {
		return nil, err
	}
	if v.ReplicaExporter, err = s.exporter(ctx, o.Name+"-replica-exporter", v.Replica.Addr, 0); err != nil {
		return nil, err
	}
	return v, os.RemoveAll(v.troubles)
}

func (s *Stack) exporter(ctx context.Context, name, server string, given int) (*Process, error) {
	addr, err := address(ctx, given)
	if err != nil {
		return nil, err
	}
	p := s.process(name, s.options.Programs.Exporter, addr)
	p.args = []string{
		"--valkey.addr=" + server, "--web.listen-address=" + addr, "--config.file=" + s.path(exporterFile),
		"--state.file=" + filepath.Join(s.options.Dir, "data", name+".json"),
	}
	p.ready = answers("http://" + addr + "/-/ready")
	return p, nil
}

// targets are what Prometheus scrapes, with the label instance of each.
func (v *Service) targets() map[string]string {
	all := map[string]string{v.Exporter.Addr: v.Name}
	if v.ReplicaExporter != nil {
		all[v.ReplicaExporter.Addr] = v.ReplicaName()
	}
	return all
}

// ReplicaName is the label instance of the replica.
func (v *Service) ReplicaName() string { return v.Name + "-replica" }

// processes are all programs in the order in which they start.
func (v *Service) processes() []*Process {
	all := []*Process{v.Primary.Process, v.App, v.Exporter}
	if v.ReplicaExporter != nil {
		all = append(all, v.Replica.Process, v.ReplicaExporter)
	}
	return all
}

// Trouble turns troubles of the application on; those that are on stay.
func (v *Service) Trouble(names ...string) error { return v.setTroubles(names, true) }

// Relieve turns troubles of the application off.
func (v *Service) Relieve(names ...string) error { return v.setTroubles(names, false) }

func (v *Service) setTroubles(names []string, on bool) error {
	v.lock.Lock()
	defer v.lock.Unlock()
	for _, name := range names {
		v.on = slices.DeleteFunc(v.on, func(o string) bool { return o == name })
		if on {
			v.on = append(v.on, name)
		}
	}
	return os.WriteFile(v.troubles, []byte(strings.Join(v.on, "\n")+"\n"), 0o644)
}

// Metrics is what the exporter says of the primary.
func (v *Service) Metrics(ctx context.Context) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+v.Exporter.Addr+"/metrics", nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	return string(page), err
}
