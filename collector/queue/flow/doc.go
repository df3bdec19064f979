// Package flow measures a list from the outside: how many messages came, how
// many went, in which order, and since when the oldest has been there. A Meter
// is told what looks at the list show and does nothing else: it asks nobody and
// reads no clock.
//
// # The marker method
//
// The entries at both ends are remembered. The next look finds them again, with
// some entries between each and its end: those came since. With the change in
// length that also tells how many left, because
//
//	length now = length before + enqueued - dequeued
//
// and so every lower bound of one is a lower bound of the other.
//
// # Lower bounds
//
// What a marker tells holds under one of two conditions. Either the server ran
// no command that takes entries at the marker's end, or out of the middle. Then
// whatever else happened, the entry found is the marker or, if equal messages
// exist, one that was pushed after it; and if it was the last of its kind to
// leave at the other end, all that there is now was pushed since. In each case
// at least the entries before it came. Or messages are distinct: then the entry
// found is the marker, and no entry that was behind it is before it now. That a
// message was taken and put back is seen when the markers have changed places,
// and when it is not seen, then because all that is left was pushed since.
//
// # When it is exact
//
// Let messages be pushed at one end only, N, and leave at the other only, and
// let the marker of N be found with k entries before it. None of those k has
// left: to leave at the other end, it would have had to pass the marker. None
// that came is missing among them: all that came is between N and the marker or
// has passed it, which is impossible for the same reason. So exactly k came,
// and k less the growth in length left. This needs
//
//   - that N is the only end for pushes and the other for pops. It is taken from
//     the server's own statistics: no command that does otherwise was run on any
//     key ([Commands]). The order that was found by observation is no proof: a
//     message that is put back at the consumers' end and taken again between two
//     looks leaves no trace in the list. Only LMOVE and its like, which do not
//     tell their end, are taken to follow it;
//   - that none is removed from the middle or put there. LREM and LTRIM are
//     commands that would, unless the caller knows that they are for other lists
//     (Sight.EndsOnly);
//   - that messages are distinct, so that the entry found is the marker. One that
//     is put back as it was is an equal one. As soon as equal ones are seen,
//     nothing that markers tell is exact for a while.
//
// Apart from that, an interval in which the server ran no pop or no push, on any
// key, is exact by the change in length. That it did run some proves nothing
// about this list.
//
// # What the server tells
//
// Where the server tells of each command that changes this list ([Told]), the
// counts of commands are those on this list alone, and the proofs above need
// less. Moreover each push that was told brought a message at least, and each
// pop took one. By the change in length these are lower bounds of each other,
// too: what was pushed and is not there left. It was taken, and did not vanish,
// if nothing else can end what a list holds (Told.Kept).
//
// # LIFO
//
// Under LIFO a message may come and go between two looks and leave no trace, so
// only the net movement is known.
package flow
