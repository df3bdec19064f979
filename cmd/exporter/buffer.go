package main

import (
	"bufio"
	"net/http"
	"sync"
)

// bufferSize is a good part of a page. The server's own buffer is 4 kB, which
// would be a system call for every twenty series.
const bufferSize = 64 << 10

var buffers sync.Pool // of *bufio.Writer

// bufferedResponse writes a response in large pieces.
type bufferedResponse struct {
	http.ResponseWriter
	writer *bufio.Writer
}

func buffer(w http.ResponseWriter) bufferedResponse {
	writer, ok := buffers.Get().(*bufio.Writer)
	if !ok {
		writer = bufio.NewWriterSize(nil, bufferSize)
	}
	writer.Reset(w)
	return bufferedResponse{w, writer}
}

// Write buffers.
func (b bufferedResponse) Write(p []byte) (int, error) { return b.writer.Write(p) }

// release sends what is left. That the client has gone away by now is nobody's
// concern.
func (b bufferedResponse) release() {
	_ = b.writer.Flush()
	b.writer.Reset(nil)
	buffers.Put(b.writer)
}
