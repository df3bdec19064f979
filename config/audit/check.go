package audit

// Check is something that is judged beside the parameters one by one.
type Check int

// The checks.
const (
	// Settings that are wrong together.
	MemoryUnlimited Check = iota
	QueuesEvictable
	QueuesNotPersisted
	NothingPersisted

	// Who may do what.
	DefaultUserPassword
	ProtectedMode
	TLS
	CommandFlushall
	CommandFlushdb
	CommandConfig
	CommandKeys
	CommandDebug

	numChecks // not one, but how many there are
)

var checkNames = [numChecks]string{
	MemoryUnlimited: "memory_unlimited", QueuesEvictable: "queues_evictable",
	QueuesNotPersisted: "queues_not_persisted", NothingPersisted: "nothing_persisted",
	DefaultUserPassword: "default_user_password", ProtectedMode: "protected_mode", TLS: "tls",
	CommandFlushall: "command_flushall", CommandFlushdb: "command_flushdb", CommandConfig: "command_config",
	CommandKeys: "command_keys", CommandDebug: "command_debug",
}

// String is the name of the check, in labels and in the file.
func (c Check) String() string { return checkNames[c] }

// Checks are all of them, in the order of the file.
func Checks() []Check {
	all := make([]Check, numChecks)
	for i := range all {
		all[i] = Check(i)
	}
	return all
}

// Switches say which checks are on.
type Switches [numChecks]bool
