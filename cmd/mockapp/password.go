package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// password takes the secret from the environment or from a file, never from a flag, where every process could read it.
func password(getenv func(string) string) (string, error) {
	secret, path := getenv("VALKEY_PASSWORD"), getenv("VALKEY_PASSWORD_FILE")
	switch {
	case path == "":
		return secret, nil
	case secret != "":
		return "", errors.New("VALKEY_PASSWORD and VALKEY_PASSWORD_FILE are both set: want one")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("VALKEY_PASSWORD_FILE: %w", err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}
