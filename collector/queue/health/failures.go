package health

import "slices"

// failuresRemembered bounds how many messages are known to have failed, so that
// one is counted once on its way from end to end.
const failuresRemembered = 32

// failures are the messages without a timestamp by the reason why.
type failures struct {
	counts []Failure     // by reason; made anew at each change, because a report may hold it
	recent []fingerprint // the latest
}

// count counts the message at an end, unless it was counted before.
func (f *failures) count(e end) {
	if slices.Contains(f.recent, e.id) {
		return
	}
	if len(f.recent) == failuresRemembered {
		f.recent = slices.Delete(f.recent, 0, 1)
	}
	f.recent = append(f.recent, e.id)
	counts := slices.Clone(f.counts)
	i := slices.IndexFunc(counts, func(c Failure) bool { return c.Reason >= e.failure })
	if i < 0 {
		i = len(counts)
	}
	if i == len(counts) || counts[i].Reason != e.failure {
		counts = slices.Insert(counts, i, Failure{Reason: e.failure})
	}
	counts[i].Count++
	f.counts = counts
}

// reported are the counts, of which there may be none.
func (f *failures) reported() []Failure {
	if f == nil {
		return nil
	}
	return f.counts
}
