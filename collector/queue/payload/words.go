package payload

import "strings"

// Lengths of words.
const (
	shortestHex = 8  // of what is taken for a hexadecimal number
	longestWord = 40 // of what is taken for a word
)

// nameLength is the length of the name with which text begins: words joined by
// underscores and hyphens, where placeholders of numbers and ids may be words. 0
// if there is none. What is not ASCII is not part of a name.
func nameLength(text string) int {
	size := 0
	for size < len(text) {
		c := text[size]
		switch p := placeholderAt(text[size:]); {
		case p == aNumber || p == anID:
			size += len(p)
		case isAlphanumeric(c) || c == '_' || c == '-' && size > 0:
			size++
		default:
			return size
		}
	}
	return size
}

// cleanWord replaces the first word of a name, or keeps what is between words.
func cleanWord(name string) (size int, by string) {
	if p := placeholderAt(name); p != "" {
		return len(p), p
	}
	if !isAlphanumeric(name[0]) {
		return 1, name[:1]
	}
	if isUUID(name) {
		return uuidLength, anID
	}
	for size < len(name) && isAlphanumeric(name[size]) {
		size++
	}
	return size, withoutDigits(name[:size])
}

// isUUID reports whether a name begins with a UUID of any version.
func isUUID(name string) bool {
	if len(name) < uuidLength || len(name) > uuidLength && isAlphanumeric(name[uuidLength]) {
		return false
	}
	for i := range uuidLength {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if name[i] != '-' {
				return false
			}
		} else if !isHex(name[i]) {
			return false
		}
	}
	return true
}

// withoutDigits replaces the digits in a word, as in worker<n> and <n>ms, or the
// whole word when it is an id. Names of errors are names, whatever is in them.
func withoutDigits(word string) string {
	runs := split(word)
	random := len(runs) > 2 || len(word) >= shortestBlob && len(runs) > 1
	if strings.HasSuffix(word, "Error") || strings.HasSuffix(word, "Exception") {
		random = false
	}
	if len(runs) > 1 && (random || isHexadecimal(word)) {
		return anID
	}
	var b strings.Builder
	for _, run := range runs {
		switch {
		case isDigit(run[0]):
			b.WriteString(aNumber)
		case isHexadecimal(run), len(run) > longestWord, len(run) >= shortestBlob && changes(run)*3 >= len(run):
			b.WriteString(anID)
		default:
			b.WriteString(run)
		}
	}
	return b.String()
}

// split is a word in runs of digits and of letters.
func split(word string) (runs []string) {
	from := 0
	for i := 1; i <= len(word); i++ {
		if i == len(word) || isDigit(word[i]) != isDigit(word[from]) {
			runs = append(runs, word[from:i])
			from = i
		}
	}
	return runs
}

func isHexadecimal(word string) bool {
	if len(word) < shortestHex {
		return false
	}
	for i := range len(word) {
		if !isHex(word[i]) {
			return false
		}
	}
	return true
}
