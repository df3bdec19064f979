package statuspage

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"sync"
)

var (
	//go:embed page.html
	pageText string
	//go:embed style.css
	styleText string
	//go:embed script.js
	scriptText string
)

// layout is read when somebody looks at the page: an exporter at which nobody looks
// needs no memory for it.
var layout = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{"next": func(i int) int { return i + 1 }}).Parse(pageText))
})

// Style and script are put in as they are: the policy has the hash of each.
var (
	style  = template.HTML("<style>" + styleText + "</style>")
	script = template.HTML("<script>" + scriptText + "</script>")
)

// policy lets the browser load, run and send nothing but the page itself.
var policy = fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; connect-src 'self'; img-src data:; "+
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'", hashOf(styleText), hashOf(scriptText))

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (c *composer) render() ([]byte, error) {
	var b bytes.Buffer
	if err := layout().Execute(&b, c.view()); err != nil {
		return nil, fmt.Errorf("status page: %w", err)
	}
	return b.Bytes(), nil
}
