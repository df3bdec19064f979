package notification

import "net/http"

// Handler is an HTTP server's end of a webhook. It calls take for each
// notification, with the path that it was sent to.
func Handler(take func(path string, n Notification)) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("OK\n")) // whoever asked is gone
	})
	mux.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		n, err := Read(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		take(r.URL.Path, n)
	})
	return mux
}
