package flow

import "time"

// path is how the length went since the last look, as scrapes showed it.
type path struct {
	length   float64
	up, down float64
	// emptied is the part of down that left the list empty. Whether it was
	// taken, or vanished with the key, the next look tells.
	emptied  float64
	refilled time.Time // when something was there again after that
}

func (p *path) add(length float64, at time.Time) {
	switch step := length - p.length; {
	case step > 0:
		p.up += step
		if p.length == 0 {
			p.refilled = at
		}
	case step < 0:
		p.down -= step
		if length == 0 {
			p.emptied -= step
		}
	}
	p.length = length
}

// fallen is how many left at least if the length is this now.
func (p *path) fallen(length float64) float64 {
	return p.down + max(0, p.length-length)
}

// taken is how many of them certainly did not vanish.
func (p *path) taken() float64 { return p.down - p.emptied }
