package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	kib = 1 << 10
	mib = 1 << 20
)

// size is a number of bytes, with or without a binary unit. KB and MB are not
// read: to some they are powers of ten.
func size(lowest, highest int) scalar[int] {
	within := func(bytes int) bool { return lowest <= bytes && bytes <= highest }
	return scalar[int]{
		wants: fmt.Sprintf("a size such as 16KiB or 1MiB, or a whole number of bytes, from %s to %s", sizeText(lowest), sizeText(highest)),
		parse: func(n *yaml.Node) (int, bool) {
			bytes, ok := parseSize(n.Value)
			unit := n.ShortTag() == strTag && strings.HasSuffix(n.Value, "B")
			return bytes, ok && within(bytes) && (unit || n.ShortTag() == intTag)
		},
		print: func(bytes int) *yaml.Node {
			if bytes%kib == 0 {
				return plain(strTag, sizeText(bytes))
			}
			return plain(intTag, strconv.Itoa(bytes))
		},
		help: func(n *yaml.Node) string {
			meant := meantSize(n.Value)
			if bytes, ok := parseSize(meant); ok && within(bytes) && meant != n.Value {
				return "; did you mean `" + meant + "`?"
			}
			return ""
		},
	}
}

// sizeText has the largest unit that needs no fraction.
func sizeText(bytes int) string {
	switch {
	case bytes%mib == 0:
		return strconv.Itoa(bytes/mib) + "MiB"
	case bytes%kib == 0:
		return strconv.Itoa(bytes/kib) + "KiB"
	}
	return strconv.Itoa(bytes)
}

// parseSize reads plain digits and a unit. It takes nothing that would not be
// written so: no sign, no leading zero, no fraction.
func parseSize(text string) (bytes int, ok bool) {
	digits, unit := text, 1
	if d, found := strings.CutSuffix(text, "KiB"); found {
		digits, unit = d, kib
	} else if d, found := strings.CutSuffix(text, "MiB"); found {
		digits, unit = d, mib
	}
	n, err := strconv.ParseInt(digits, 10, 32)
	return int(n) * unit, err == nil && strconv.FormatInt(n, 10) == digits
}

var nearlySize = regexp.MustCompile(`(?i)^(\d+) ?(k|m|)(i?b)?$`)

// meantSize is what a text that is nearly a size was meant to be, or "". A
// number alone is one of KiB: as a number of bytes it would have been read.
func meantSize(text string) string {
	m := nearlySize.FindStringSubmatch(text)
	switch {
	case m == nil:
		return ""
	case strings.EqualFold(m[2], "m"):
		return m[1] + "MiB"
	case m[2] == "" && m[3] != "":
		return m[1] // bytes, written 8192B
	}
	return m[1] + "KiB"
}
