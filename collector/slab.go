package collector

// slab hands out zeroed elements from large pieces of memory, so that ten
// thousand series cost a few dozen allocations, and none when the memory is
// used again. Pointers stay valid until reset.
type slab[T any] struct {
	pieces [][]T
	piece  int // the one that elements are taken from
	used   int // elements of it that were taken
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
	for s.piece < len(s.pieces) && len(s.pieces[s.piece])-s.used < n {
		s.piece++
		s.used = 0
	}
	if s.piece == len(s.pieces) {
		size := min(firstSlab<<min(s.piece, 8), lastSlab)
		s.pieces = append(s.pieces, make([]T, max(size, n)))
	}
	taken := s.pieces[s.piece][s.used : s.used+n : s.used+n]
	s.used += n
	return taken
}

// reset takes everything back.
func (s *slab[T]) reset() {
	for _, piece := range s.pieces[:min(s.piece+1, len(s.pieces))] {
		clear(piece)
	}
	s.piece, s.used = 0, 0
}
