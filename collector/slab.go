package collector

// slab hands out zeroed elements from large pieces of memory, so that ten
// thousand series cost a few dozen allocations. Pointers stay valid: a full
// piece is left to those who hold them, and another is begun.
type slab[T any] struct {
	free []T
	size int
}

// The number of elements in a piece grows from the first to the last: a small
// server needs few, and what is left over of a large piece is wasted.
const (
	firstSlab = 32
	lastSlab  = 512
)

func (s *slab[T]) next() *T { return &s.take(1)[0] }

// take returns n elements beside each other.
func (s *slab[T]) take(n int) []T {
	if n > len(s.free) {
		s.size = min(max(2*s.size, firstSlab), lastSlab)
		s.free = make([]T, max(s.size, n))
	}
	taken := s.free[:n:n]
	s.free = s.free[n:]
	return taken
}
