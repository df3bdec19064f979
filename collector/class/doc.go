// Package class counts the keys of a server by class, and estimates what they are
// like: how many have no expiry, how much memory they take, when they expire.
//
// A class is a glob of the configuration; the first that matches a key has it, and
// what matches none is of the class Other. Survey is told of every key that a walk
// over a database meets. It counts them all, asks the server about a sample of each
// class, and says how far the result can be trusted. Names of keys stay in the
// package, except that of the largest of each class, which is for people to read and
// becomes no label.
package class
