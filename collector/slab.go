package collector

// slab hands out zeroed elements from large pieces of memory, so that ten
// thousand series cost a few dozen allocations. Pointers stay valid: a full
// piece is left to those who hold them, and a larger one is begun.
type slab[T any] struct {
	free []T
	size int
}

// firstSlab is enough for the families of a small server.
const firstSlab = 256

func (s *slab[T]) next() *T { return &s.take(1)[0] }

// take returns n elements beside each other.
func (s *slab[T]) take(n int) []T {
	if n > len(s.free) {
		s.size = max(2*s.size, n, firstSlab)
		s.free = make([]T, s.size)
	}
	taken := s.free[:n:n]
	s.free = s.free[n:]
	return taken
}
