package fake

// Handshake answers what clients say when they connect (HELLO, AUTH, SELECT,
// CLIENT and PING) and leaves the rest to next.
func Handshake(next Handler) Handler {
	return func(args []string) []byte {
		switch args[0] {
		case "HELLO":
			return hello(args[1:])
		case "AUTH", "SELECT", "CLIENT":
			return OK
		case "PING":
			return Status("PONG")
		default:
			return next(args)
		}
	}
}

// hello answers as a server that speaks version 2 of the protocol only.
func hello(args []string) []byte {
	if len(args) > 0 && args[0] != "2" {
		return Error("NOPROTO unsupported protocol version")
	}
	return Array(Bulk("server"), Bulk("redis"), Bulk("proto"), Int(2))
}
