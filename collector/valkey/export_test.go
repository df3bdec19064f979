package valkey

// Waiters is how many callers wait for the scrape under way.
func (s *Shared) Waiters() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil {
		return 0
	}
	return s.current.waiters
}

// ParseUser reads the answer of ACL GETUSER.
var ParseUser = parseUser
