package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/prometheus/common/promslog"
	"github.com/prometheus/exporter-toolkit/web"

	"valkey-exporter/collector/valkey"
	"valkey-exporter/config"
)

// settings are the flags, the environment and the configuration file after
// they were checked.
type settings struct {
	target      valkey.Target
	credentials valkey.Credentials
	tls         valkey.TLSFiles

	configFile string
	config     config.Validated

	stateFile string

	metricsPath string
	statusPage  bool
	lifecycle   bool
	timeout     time.Duration
	offset      time.Duration

	web *web.FlagConfig
	log *promslog.Config

	once *once // nil unless the exporter looks once, for a person
}

// defaultAddress is the server that is watched when none is named.
const defaultAddress = "localhost:6379"

// settings checks everything that can be checked before serving, and returns
// all mistakes together.
func (f *flags) settings(env func(string) string) (*settings, error) {
	s, err := f.serverSettings(env)
	s.stateFile, s.metricsPath, s.statusPage, s.lifecycle = f.stateFile, f.metricsPath, f.statusPage, f.lifecycle
	s.timeout, s.offset, s.web, s.log = f.timeout, f.offset, f.web, f.log
	return s, errors.Join(err, f.checkWebConfig(), f.checkWeb(), checkStateFile(f.stateFile))
}

// serverSettings are those that say which server is asked, as whom and about what.
func (f *flags) serverSettings(env func(string) string) (*settings, error) {
	s := &settings{tls: f.tls, configFile: f.configFile}
	var errs [4]error
	s.target, errs[0] = f.target(env)
	s.credentials, errs[1] = f.credentials(env)
	errs[2] = f.checkTLS(s.target)
	s.config, errs[3] = loadConfig(f.configFile)
	return s, errors.Join(errs[:]...)
}

// configName says in the log where the configuration comes from.
func (s *settings) configName() string {
	if s.configFile == "" {
		return "built-in"
	}
	return s.configFile
}

func (f *flags) target(env func(string) string) (valkey.Target, error) {
	address, origin := firstOf(f.addr, "--valkey.addr", env, "VALKEY_ADDR", "REDIS_ADDR")
	if address == "" {
		address = defaultAddress
	}
	target, err := valkey.ParseTarget(address)
	if err != nil {
		return target, fmt.Errorf("%s: %w", origin, err)
	}
	if target.HasPassword() && f.addr != "" {
		return target, fmt.Errorf("%s: the address holds a password, which every user of this machine can read in the process list:"+
			" put it into VALKEY_PASSWORD or --valkey.password-file", origin)
	}
	return target, nil
}

// checkTLS reads the files once. Flags for TLS without TLS would be a password
// in the clear that somebody believes to be protected.
func (f *flags) checkTLS(target valkey.Target) error {
	err := f.tls.Check()
	if f.tls != (valkey.TLSFiles{}) && !target.TLS && target.Address != "" {
		err = errors.Join(err, errors.New("--valkey.tls-*: the address does not ask for TLS: write valkeys://"+target.Address))
	}
	return err
}

func (f *flags) credentials(env func(string) string) (valkey.Credentials, error) {
	var c valkey.Credentials
	c.User, _ = firstOf(f.user, "--valkey.user", env, "VALKEY_USER", "REDIS_USER")
	file, origin := firstOf(f.passwordFile, "--valkey.password-file", env, "VALKEY_PASSWORD_FILE")
	c.PasswordFile = file
	if err := c.Check(); err != nil {
		return c, fmt.Errorf("%s: %w", origin, err)
	}
	password, _ := firstOf("", "", env, "VALKEY_PASSWORD", "REDIS_PASSWORD")
	return c.Password(password), nil
}

// firstOf is the flag's value, or else that of the first variable that is set,
// and the name of where it came from.
func firstOf(value, flag string, env func(string) string, variables ...string) (found, origin string) {
	if value != "" {
		return value, flag
	}
	for _, v := range variables {
		if value := env(v); value != "" {
			return value, v
		}
	}
	return "", flag
}

// checkWebConfig names the file in each mistake of the web configuration.
func (f *flags) checkWebConfig() error {
	err := web.Validate(*f.web.WebConfigFile)
	if err == nil {
		return nil
	}
	var errs []error
	for line := range strings.SplitSeq(strings.TrimPrefix(err.Error(), "yaml: unmarshal errors:\n"), "\n") {
		errs = append(errs, fmt.Errorf("--web.config.file: %s: %s", *f.web.WebConfigFile, strings.TrimSpace(line)))
	}
	return errors.Join(errs...)
}

// telemetryPath is a path without an empty segment and without what has a
// meaning in a pattern, a link or a page.
var telemetryPath = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+$`)

func (f *flags) checkWeb() error {
	var errs []error
	if !telemetryPath.MatchString(f.metricsPath) || strings.HasPrefix(f.metricsPath, "/-/") {
		errs = append(errs, fmt.Errorf("--web.telemetry-path: want a path such as /metrics, not / or below /-/, got %q", f.metricsPath))
	}
	if f.timeout <= 0 {
		errs = append(errs, fmt.Errorf("--scrape.timeout: want more than 0, got %s", f.timeout))
	}
	if f.offset < 0 {
		errs = append(errs, fmt.Errorf("--scrape.timeout-offset: want 0 or more, got %s", f.offset))
	}
	return errors.Join(errs...)
}

func loadConfig(file string) (config.Validated, error) {
	if file == "" {
		return config.Default(), nil
	}
	return config.Load(file)
}

// showConfig is --config.check and --config.print.
func showConfig(f *flags) {
	loaded, err := loadConfig(f.configFile)
	if err != nil {
		fatal(err)
	}
	if f.configPrint {
		text, err := loaded.YAML()
		if err != nil {
			fatal(err)
		}
		os.Stdout.Write(text)
		return
	}
	origin := f.configFile
	if origin == "" {
		origin = "the built-in configuration"
	}
	fmt.Printf("%s is valid; queues and patterns: %d\n", origin, len(loaded.Queues()))
}

// mistakes splits joined errors into lines.
func mistakes(err error) []string {
	return strings.Split(strings.TrimSpace(err.Error()), "\n")
}
