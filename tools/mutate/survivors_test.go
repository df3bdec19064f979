package main

import "testing"

func TestTheReasonsCanBeRead(t *testing.T) {
	if _, err := readReasons("survivors.yml"); err != nil {
		t.Error(err)
	}
}
