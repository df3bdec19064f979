package mockapp

import (
	"regexp"
	"testing"
)

func TestTheSameSeedMakesTheSameChoices(t *testing.T) {
	t.Parallel()
	if a, b := newDice(7, "x").uuid(), newDice(7, "x").uuid(); a != b {
		t.Errorf("%s and %s", a, b)
	}
	if a, b := newDice(7, "x").uuid(), newDice(7, "y").uuid(); a == b {
		t.Error("two patterns make the same choices")
	}
}

func TestUUIDIsAVersion4UUID(t *testing.T) {
	t.Parallel()
	d := newDice(1, "x")
	want := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	for range 100 {
		if id := d.uuid(); !want.MatchString(id) {
			t.Fatal(id)
		}
	}
}
