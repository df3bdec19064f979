package payload

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNormalise(t *testing.T) {
	for reason, want := range map[string]string{
		"timeout":                             "timeout",
		"poison: payload cannot be processed": "poison: payload cannot be processed",
		"":                                    "",
		" \t\n":                               "",
		"--- 42":                              "--- <n>",
		"???":                                 "",
		`"timeout"`:                           "timeout",
		`'"timeout"'`:                         "timeout",
		`"" ""`:                               "",
		"\n\n --\n timeout \n at x":           "timeout",
		"a\r\nb":                              "a",
		"too   many\t\tspaces":                "too many spaces",
		"\x1b[31mred\x1b[0m \x00\x07\x7fbell": "red bell",
		"a\xffb":                              "a\ufffdb",
		"zero\u200bwidth \u202etrick":         "zerowidth trick",

		// Numbers.
		"status 404":                    "status <n>",
		"took 1.5s of 30s":              "took <n>s of <n>s",
		"10,000 of 1,2,3":               "<n> of <n>",
		"limit 512MiB, used 600MiB":     "limit <n>MiB, used <n>MiB",
		"index [5] with length 3":       "index [<n>] with length <n>",
		"line 12:30, -5, +7":            "line <n>, -<n>, +<n>",
		"worker12 failed (2/3)":         "worker<n> failed (<n>/<n>)",
		"worker-12_of_13":               "worker-<n>_of_<n>",
		"SQLSTATE[23000]: 1062 x":       "SQLSTATE[<n>]: <n> x",
		"超时 ５ 秒 ² ٣":                    "超时 <n> 秒 <n> <n>",
		"version 1.2.3-rc1":             "version <n>-rc<n>",
		"S3Error: HTTP2ConnectionError": "S<n>Error: HTTP<n>ConnectionError",

		// Ids.
		"job " + uuid4Text + " lost":                 "job <id> lost",
		"job urn:uuid:" + uuid4Text:                  "job urn:uuid:<id>",
		"job " + ulidText:                            "job <id>",
		"jid b4a577edbccf1d805744efa9":               "jid <id>",
		"commit DEADBEEF and deadbeef":               "commit <id> and <id>",
		"object 0x7f3a2c at 0x12":                    "object <id> at <id>",
		"pod web-7d9f8c6b5-x2x4z":                    "pod <id>",
		"key AKIAIOSFODNN7EXAMPLE":                   "key <id>",
		"k wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY": "k <id>",
		"x dXNlcjpwYXNzd29yZDEyMw== y":               "x <id> y",
		"x qWeRtYuIoPaSdFgHjKlZ y":                   "x <id> y",
		"a queue:processing/worker_with_long_name":   "a queue:processing/worker_with_long_name",
		strings.Repeat("a", 41):                      "<id>",

		// Addresses.
		"dial tcp 10.0.0.1:6379: refused":      "dial tcp <addr>: refused",
		"dial 10.0.0.1, 10.0.0.0/8":            "dial <addr>, <addr>",
		"dial [::1]:6379 or fe80::1%eth0":      "dial [<addr>]:<n> or <addr>",
		"dial 2001:db8::1":                     "dial <addr>",
		"from 00:1a:2b:3c:4d:5e":               "from <addr>",
		"localhost:6379 refused":               "localhost:<n> refused",
		"user bob@example.com (x@y.org) left":  "user <email> (<email>) left",
		"root:pw@tcp(127.0.0.1:3306)/db: x":    "<addr>: x",
		"GET https://u:p@h.example/x?t=1, 502": "GET <url>, <n>",
		"(redis://:pa;ss,wd@cache:6379/0)":     "(<url>)",
		"jdbc:mysql://h/db?password=x down":    "jdbc:<url> down",

		// Times.
		"at 2024-01-02T03:04:05.678Z ok": "at <time> ok",
		"at 2024-01-02T03:04:05+0200 ok": "at <time> ok",
		"at 2024-01-02 03:04:05,678 ok":  "at <time> ok",
		"at 2024/01/02 ok":               "at <time> ok",
		"at 03:04:05.6 ok":               "at <time> ok",

		// Quotes and values.
		`undefined method 'foo' for "bar"`: `undefined method "…" for "…"`,
		"undefined method `foo' for nil":   `undefined method "…" for nil`,
		`can't find user's “name”`:         `can't find user's "…"`,
		`it said "no \"way\"" again`:       `it said "…" again`,
		`key 'can't' is "cut of`:           `key "…" is "…"`,
		`lost ' apostrophe`:                `lost apostrophe`,
		`{"code": "x", 'a': 5}`:            `{"…": "…", "…": <n>}`,
		`status=failed&id=5, ok=a;b=c)`:    `status="…"&id="…", ok="…";b="…")`,
		`a = b, a == b, a => b, a= b`:      `a = b, a == b, a => b, a= b`,
		`user='bob' role="admin"`:          `user="…" role="…"`,

		// Paths.
		"open /var/lib/app/7/x.rb:42: no such file": "open <path>: no such file",
		"open C:\\Users\\bob\\x.txt failed":         "open <path> failed",
		"POST /users failed, read/write error":      "POST <path> failed, read/write error",
		"config /.env missing and / is full":        "config <path> missing and / is full",
	} {
		if got := Normalise(reason); got != want {
			t.Errorf("Normalise(%q)\n got %q\nwant %q", reason, got, want)
		}
	}
}

func TestSecretsAreHidden(t *testing.T) {
	for reason, want := range map[string]string{
		"password hunter":                "password <secret>",
		"password: hunter":               "password: <secret>",
		"password=hunter, host=db":       `password=<secret>, host="…"`,
		"password = hunter":              "password = <secret>",
		"password is hunter":             "password is <secret>",
		"password: hun,ter;x no":         "password: <secret> no",
		`password "hunter" no`:           "password <secret> no",
		`password: 'hun ter' no`:         "password: <secret> no",
		`pa"ss word="hun ter`:            `pa"…"`,
		"password hunter2 for bob":       "password <secret> for bob",
		"DB_PASSWORD: hunter":            "DB_PASSWORD: <secret>",
		"dbPassword2: hunter":            "dbPassword<n>: <secret>",
		"client_secret -> hunter":        "client_secret -> <secret>",
		"pwd:hunter pass:hunter":         "pwd:<secret> pass:<secret>",
		"X-Api-Key: hunter":              "X-Api-Key: <secret>",
		"api key hunter rejected":        "api key <secret> rejected",
		"API key: hunter":                "API key: <secret>",
		"access key id hunter":           "access key id <secret>",
		"Authorization: Bearer hunter":   "Authorization: Bearer <secret>",
		"Authorization: Basic aHVudGVy":  "Authorization: Basic <secret>",
		"Authorization: hunter":          "Authorization: <secret>",
		"authorization bearer hunter":    "authorization bearer <secret>",
		"bearer hunter":                  "bearer <secret>",
		"Set-Cookie: sid":                "Set-Cookie: <secret>",
		"token hunter":                   "token <secret>",
		"token 12345":                    "token <secret>",
		"token: expired":                 "token: <secret>", // behind a colon anything may be one
		"token mypassword":               "token <secret>",
		"AUTH hunter":                    "AUTH <secret>",
		"{:password=>\"hunter\", :n=>1}": `{:password=><secret>, :n="…"}`,
		"token größe":                    "token <secret>",
		"password $hunter":               "password $<secret>",
		"token \u00a0 hunter":            "token <secret>",

		"password authentication failed for user \"bob\"": `password authentication failed for user "…"`,
		"token expired":                            "token expired",
		"token has expired at 12":                  "token has expired at <n>",
		"Invalid token. Log in again":              "Invalid token. Log in again",
		"invalid token, please retry":              "invalid token, please retry",
		"JsonWebTokenError: jwt malformed":         "JsonWebTokenError: jwt malformed",
		"Auth::Token::Expired: too old":            "Auth::Token::Expired: too old",
		"NOAUTH Authentication required.":          "NOAUTH Authentication required.",
		"Unexpected token < in JSON":               "Unexpected token < in JSON",
		"Unexpected token u in JSON at position 4": `Unexpected token "…" in JSON at position <n>`,
		"missing password or token":                "missing password or token",
		"8192 tokens exceeded":                     "<n> tokens exceeded",
	} {
		if got := Normalise(reason); got != want {
			t.Errorf("Normalise(%q)\n got %q\nwant %q", reason, got, want)
		}
	}
}

func TestErrorsThatDifferOnlyInWhatVariesAreTheSame(t *testing.T) {
	for _, format := range []string{
		"user % not found", "user_% not found", "worker-%: lost", "took % of 7", "key '%' is gone", `{"id": "%"}`, "GET /x/% failed", "id=%", "job:%:done", "[%]", "token %",
		"host-%.example.org", "(%)", "%", "error %.",
	} {
		var first string
		for i, value := range []string{"1", "42", "999999", "1234567890123"} {
			got := Normalise("E " + strings.ReplaceAll(format, "%", value))
			if i == 0 {
				first = got
			}
			if got != first {
				t.Errorf("%q with %s: %q, with 1: %q", format, value, got, first)
			}
		}
	}
	a := Normalise("user 8a6d9e7c-8d1f-4f43-9c3d-b7a5b4f0a001 at 10.0.0.1 sent 'x' to a@b.org")
	b := Normalise("user 017F22E2-79B0-7CC3-98C4-DC0C0C07398F at ::1 sent 'y z' to c@d.net")
	if a != b {
		t.Errorf("%q and %q", a, b)
	}
}

func TestALongReasonIsCutBetweenWords(t *testing.T) {
	for _, reason := range []string{
		strings.Repeat("word ", 100), strings.Repeat("größe", 100), strings.Repeat("连接超时", 100), strings.Repeat("a 'x' ", 100),
		strings.Repeat("key=value ", 100), strings.Repeat("a", 39) + strings.Repeat("_", 100), strings.Repeat("e\u0301", 100),
	} {
		got := Normalise(reason)
		length := utf8.RuneCountInString(got)
		if length > LongestReason || length < LongestReason-10 || !strings.HasSuffix(got, "…") {
			t.Errorf("Normalise(%.20q...) = %q with %d characters, want about %d and an ellipsis", reason, got, length, LongestReason)
		}
		if again := Normalise(got); again != got {
			t.Errorf("again: %q, want %q", again, got)
		}
	}
	exact := strings.Repeat("ab ", 26) + "ab"
	if got := Normalise(exact); got != exact {
		t.Errorf("Normalise of %d characters = %q", len(exact), got)
	}
}

func TestAnEnormousReasonIsReadOnlyAtItsBeginning(t *testing.T) {
	if got, want := Normalise("boom "+strings.Repeat(`"`, 1<<20)), `boom "…"`; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q...", got, want)
	}
}

// Fragments that rules look for, in any order and without space between them:
// harder than what a fuzzer comes to by itself.
func TestWhatIsNormalStaysAsItIs(t *testing.T) {
	fragments := []string{
		" ", " ", " ", "a", "is", "token", "password", "unexpected", "api", "key", "Bearer", "expired", "Error", "1", "42", "٣", "é", "连接", "x1y2",
		"deadbeef", "0x1f", uuid4Text, "dXNlcjpwYXNzd29yZDEyMw", "'", `"`, "`", "“", "”", "…", `"…"`, "<n>", "<id>", "<secret>", "<time>", "<", ">", "=", "==", "=>",
		":", "::", "://", "@", "/", "\\", "_", "-", ".", ",", ";", "(", ")", "[", "]", "%", "10.0.0.1", "::1", ":6379", "2024-01-02", "T03:04:05Z", "03:04:05", "http",
		"b.org", strings.Repeat("long", 8), "\t", "\x1b[1m", "\xff", "$",
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 5_000 {
		var b strings.Builder
		for range random.IntN(40) {
			b.WriteString(fragments[random.IntN(len(fragments))])
		}
		checkNormal(t, b.String())
	}
}
