package valkey

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
)

// maxDepth is how deep arrays may be in one another in what a Listener reads.
const maxDepth = 4

// answer is a value of RESP3. A scalar, a double for instance, is its text.
type answer struct {
	kind  byte // the character it begins with
	text  string
	items []answer
}

// readAnswer reads one. It comes from a guard, which has limited its size.
func readAnswer(r *bufio.Reader, depth int) (answer, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return answer{}, err
	}
	a := answer{kind: line[0], text: string(trimEOL([]byte(line[1:])))}
	switch a.kind {
	case '$', '=', '!':
		return a, a.readText(r)
	case '*', '~', '>', '%':
		return a, a.readItems(r, depth)
	case '|':
		return a, fmt.Errorf("%w: attributes, which nobody asked for", errGarbage)
	}
	return a, nil
}

func (a *answer) length() (int, error) {
	n, err := strconv.Atoi(a.text)
	if err != nil {
		return 0, fmt.Errorf("%w: bad length %s", errGarbage, excerpt(a.text))
	}
	return max(n, 0), nil
}

func (a *answer) readText(r *bufio.Reader) error {
	n, err := a.length()
	if err != nil {
		return err
	}
	if a.text == "-1" {
		a.text = ""
		return nil
	}
	text := make([]byte, n+len("\r\n"))
	if _, err := io.ReadFull(r, text); err != nil {
		return err
	}
	a.text = string(text[:n])
	return nil
}

func (a *answer) readItems(r *bufio.Reader, depth int) error {
	n, err := a.length()
	if err != nil {
		return err
	}
	if depth == maxDepth {
		return fmt.Errorf("%w: arrays in arrays in arrays", errGarbage)
	}
	if a.kind == '%' {
		n *= 2
	}
	for range n {
		item, err := readAnswer(r, depth+1)
		if err != nil {
			return err
		}
		a.items = append(a.items, item)
	}
	return nil
}

// words are the texts of an array.
func (a *answer) words() []string {
	words := make([]string, len(a.items))
	for i := range a.items {
		words[i] = a.items[i].text
	}
	return words
}

// request is a command as it is sent.
func request(words ...string) []byte {
	b := fmt.Appendf(nil, "*%d\r\n", len(words))
	for _, word := range words {
		b = fmt.Appendf(b, "$%d\r\n%s\r\n", len(word), word)
	}
	return b
}
