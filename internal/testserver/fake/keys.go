package fake

import "strconv"

// Keys is a keyspace, by key.
type Keys map[string]Key

// Key is what a server tells about a key without reading its contents.
type Key struct {
	Type   string // string, list, set, zset, hash or stream
	Length int64
	TTL    int64  // in milliseconds; 0 means that it does not expire
	First  string // list: the entry at index 0
	Last   string // list: the entry at index -1
}

// lengthOf is the type that each length command is for.
var lengthOf = map[string]string{
	"LLEN": "list", "SCARD": "set", "ZCARD": "zset", "XLEN": "stream", "HLEN": "hash", "STRLEN": "string",
}

// emptyScan is a cursor at its end and no keys.
var emptyScan = Array(Bulk("0"), EmptyArray)

var (
	wrongType     = Error("WRONGTYPE Operation against a key holding the wrong kind of value")
	noSuchKey     = Error("ERR no such key")
	wrongNumber   = Error("ERR wrong number of arguments")
	unknownIndex  = Error("ERR this fake server knows index 0 and -1 only")
	noExpiry      = Int(-1)
	noKey         = Int(-2)
	absent        = Int(0)
	nameOfNothing = Status("none")
)

func (k Keys) handle(args []string) []byte {
	if args[0] == "DBSIZE" {
		return Int(int64(len(k)))
	}
	if len(args) < 2 {
		return unknown(args)
	}
	if kind, ok := lengthOf[args[0]]; ok {
		return k.length(args[1], kind)
	}
	key, exists := k[args[1]]
	switch args[0] {
	case "SCAN":
		return emptyScan
	case "EXISTS":
		return k.exists(args[1:])
	case "TYPE":
		if !exists {
			return nameOfNothing
		}
		return Status(key.Type)
	case "TTL":
		return ttl(key, exists, 1000)
	case "PTTL":
		return ttl(key, exists, 1)
	case "LINDEX":
		return lindex(key, exists, args)
	}
	return unknown(args)
}

func (k Keys) length(name, kind string) []byte {
	key, exists := k[name]
	switch {
	case !exists:
		return absent
	case key.Type != kind:
		return wrongType
	default:
		return Int(key.Length)
	}
}

func (k Keys) exists(names []string) []byte {
	n := int64(0)
	for _, name := range names {
		if _, ok := k[name]; ok {
			n++
		}
	}
	return Int(n)
}

// ifStream is the reply when the first argument names a stream.
func (k Keys) ifStream(args []string, reply []byte) []byte {
	if len(args) == 0 {
		return wrongNumber
	}
	key, exists := k[args[0]]
	switch {
	case !exists:
		return noSuchKey
	case key.Type != "stream":
		return wrongType
	default:
		return reply
	}
}

func ttl(key Key, exists bool, milliseconds int64) []byte {
	switch {
	case !exists:
		return noKey
	case key.TTL == 0:
		return noExpiry
	default:
		return Int(key.TTL / milliseconds)
	}
}

func lindex(key Key, exists bool, args []string) []byte {
	switch {
	case len(args) != 3:
		return wrongNumber
	case !exists || key.Type == "list" && key.Length == 0:
		return Nil
	case key.Type != "list":
		return wrongType
	case args[2] == "0":
		return Bulk(key.First)
	case args[2] == "-1":
		return Bulk(key.Last)
	default:
		return unknownIndex
	}
}

func unknown(args []string) []byte {
	return Error("ERR unknown command " + strconv.Quote(commandName(args)))
}
