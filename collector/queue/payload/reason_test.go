package payload

import (
	"strings"
	"testing"
)

func TestTheBestReasonWins(t *testing.T) {
	for text, want := range map[string]string{
		`{"error":"boom"}`:                                             "boom",
		`{"error":" boom\n"}`:                                          "boom",
		`{"errorMessage":"boom"}`:                                      "boom",
		`{"ERROR_MESSAGE":"boom","error":"other"}`:                     "boom",
		`{"error_class":"Timeout"}`:                                    "Timeout",
		`{"error_class":"Timeout","error_message":"took 5s"}`:          "Timeout: took 5s",
		`{"error_class":"Timeout","error_message":"Timeout: took 5s"}`: "Timeout: took 5s",
		`{"error_type":"Timeout","message":"took 5s"}`:                 "Timeout: took 5s",
		`{"exception":"Timeout"}`:                                      "Timeout",
		`{"exception":"Timeout","error":"took 5s"}`:                    "Timeout: took 5s",
		`{"exception":"it took 5s"}`:                                   "it took 5s",
		`{"error":{"type":"Timeout","message":"took 5s"}}`:             "Timeout: took 5s",
		`{"error":{"name":"TypeError","message":"x is not a function","stack":"TypeError: x\n at y"}}`: "TypeError: x is not a function",
		`{"error":{"class":"Timeout"}}`:                                               "Timeout",
		`{"error":{"code":"E_STOCK"},"message":"the job's own"}`:                      "E_STOCK",
		`{"error":"{\"message\":\"boom\"}"}`:                                          "boom",
		`{"error":["first","second"]}`:                                                "first",
		`{"errors":[{"message":"first"},{"message":"second"}]}`:                       "first",
		`{"cause":{"message":"boom"}}`:                                                "boom",
		`{"meta":{"error":"boom"}}`:                                                   "boom",
		`{"meta":{"lastError":"boom"},"reason":"vague"}`:                              "boom",
		`{"reason":"rejected"}`:                                                       "rejected",
		`{"message":"boom","type":"email"}`:                                           "boom",
		`{"error":true,"message":"boom"}`:                                             "boom",
		`{"error":null,"error_message":"","message":"boom"}`:                          "boom",
		`{"original":{"error_message":"of the last attempt"}}`:                        "of the last attempt",
		`[{"error":"boom"}]`:                                                          "boom",
		`"{\"error\":\"boom\"}"`:                                                      "boom",
		`{"stacktrace":["Error: boom\n    at x","Error: older"]}`:                     "Error: boom",
		`{"traceback":"java.lang.IllegalStateException: boom\n\tat a.b.C(D.java:3)"}`: "java.lang.IllegalStateException: boom",
		`{"exc_info":"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    x\n    ^\n\nKeyError: 'x'\n"}`: "KeyError: 'x'",
		`{"error":"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    x\nKeyError: 'x'"}`:               "KeyError: 'x'",
		`{"error":"Traceback (most recent call last):\n  File \"a.py\", line 1"}`:                                           "",

		`{"original":{"message":"hello","reason":"birthday"}}`:      "", // what the job was about
		`{"payload":{"message":"hello"},"type":"email","name":"x"}`: "",
		`{"id":1}`:      "",
		`{"error":500}`: "",
		`{"error":""}`:  "",
		`[1,2]`:         "",
		`"boom"`:        "",
		`boom`:          "",
		``:              "",
		`{"error":`:     "",
	} {
		if got := Reason([]byte(text), true, Path{}); got != want {
			t.Errorf("%s:\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestTheReasonAtThePathGoesFirst(t *testing.T) {
	for _, c := range []struct{ path, text, want string }{
		{"why", `{"error":"other","why":"boom"}`, "boom"},
		{"why", `{"error":"other","why":null}`, "other"},
		{"why", `{"error":"other","why":""}`, "other"},
		{"why", `{"error":"other","why":{"message":"boom"}}`, "boom"},
		{"why", `{"error":"other","why":{}}`, "other"},
		{"why", `{"error":"other","why":["boom"]}`, "boom"},
		{"why", `{"error":"other","why":404}`, "404"},
		{"a.0.why", `{"a":[{"why":"boom"}]}`, "boom"},
		{"why", `{"why":"cut`, ""},
	} {
		if got := Reason([]byte(c.text), true, parsed(t, c.path)); got != c.want {
			t.Errorf("%s in %s: got %q, want %q", c.path, c.text, got, c.want)
		}
	}
}

func TestAReasonIsValidAndNotTooLong(t *testing.T) {
	long := strings.Repeat("größe ", 1000)
	got := Reason([]byte(`{"error":"`+long+`"}`), true, Path{})
	if len(got) > longestReason || len(got) < longestReason-10 || !strings.HasPrefix(long, got) {
		t.Errorf("got %d bytes", len(got))
	}
	if got := Reason([]byte("{\"error\":\"a\xffb\"}"), true, Path{}); got != "a\ufffdb" {
		t.Errorf("got %q", got)
	}
}
