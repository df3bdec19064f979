package payload

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheUnitOfANumberFollowsFromItsSize(t *testing.T) {
	const second, milli = "2024-06-01T11:59:50Z", "2024-06-01T11:59:50.654Z"
	const micro, nano = "2024-06-01T11:59:50.654321Z", "2024-06-01T11:59:50.654321987Z"
	for value, want := range map[string]string{
		`1717243190`:                     second,
		`1717243190.654`:                 milli,
		`1717243190.654321987`:           nano,
		`1717243190654`:                  milli,
		`1717243190654.321`:              micro,
		`1717243190654321`:               micro,
		`1717243190654321987`:            nano, // float64 would lose the last digits
		`1717243190654321987.5`:          nano,
		`"1717243190"`:                   second,
		`" 1717243190.654 "`:             milli,
		`"1717243190654321987"`:          nano,
		`1.71724319e9`:                   second,
		`1.717243190654E+12`:             milli,
		`171724319065432198700e-2`:       nano,
		`0.0001717243190654e13`:          second + "!",
		`"0001717243190"`:                second,
		`1717243190.6543219871234567890`: nano,
	} {
		if strings.HasSuffix(want, "!") { // 1717243190.654, with zeros in front
			want = milli
		}
		wantFound(t, Finder{}, `{"enqueued_at":`+value+`}`, found{want, "enqueued_at", ""})
	}
}

func TestDatesAreUnderstood(t *testing.T) {
	const second, nano = "2024-06-01T11:59:50Z", "2024-06-01T11:59:50.654321987Z"
	for value, want := range map[string]string{
		"2024-06-01T11:59:50Z":                    second,
		"2024-06-01t11:59:50z":                    second,
		"2024-06-01T11:59:50":                     second, // without a zone: UTC
		"2024-06-01 11:59:50":                     second,
		"2024-06-01 11:59:50 UTC":                 second,
		"2024-06-01 11:59:50 +0000":               second,
		"2024/06/01 11:59:50":                     second,
		"2024-06-01T13:59:50+02:00":               second,
		"2024-06-01T13:59:50+0200":                second,
		"2024-06-01T13:59:50+02":                  second,
		"2024-06-01T06:29:50-05:30":               second,
		"2024-06-01T11:59:50.654321987Z":          nano,
		"2024-06-01T11:59:50.6543219871234Z":      nano,
		"2024-06-01 11:59:50.654321987 +0000 UTC": nano,
		"2024-06-01T11:59:50,654321987":           nano,
		"2024-06-01T11:59Z":                       "2024-06-01T11:59:00Z",
		"2024-05-31T23:59:60Z":                    "2024-06-01T00:00:00Z", // a leap second
		"  2024-06-01T11:59:50Z\\n":               second,
		"2024-06-01T11:59:50\\u005a":              second,
	} {
		wantFound(t, Finder{}, `{"enqueued_at":"`+value+`"}`, found{want, "enqueued_at", ""})
	}
}

func TestWhatIsNoTimeIsIgnored(t *testing.T) {
	for _, value := range []string{
		`null`, `true`, `{}`, `[]`, `""`, `" "`, `"soon"`, `0`, `0.0`, `"0"`, `-0`, `NaN`, `Infinity`, `1e`, `1e+`, `.`, `-`, `1.2.3`, `0x66`,
		`"0001-01-01T00:00:00Z"`, `"2024-06-01"`, `"2024-13-01T11:59:50Z"`, `"2024-06-31T11:59:50Z"`, `"2024-06-01T24:00:00Z"`,
		`"2024-06-01T11:60:00Z"`, `"2024-06-01T11:59:61Z"`, `"2024-06-01T11:59:50 CEST"`, `"2024-06-01T11:59:50."`, `"2024-06-01T11:59:50+2"`,
		`"2024-06-01T11:59:50+99:00"`, `"2024-06-0111:59:50Z"`, `"2024-06/01T11:59:50Z"`, `"2024-06-01T11:59:50Zulu"`, `"2024-00-01T11:59:50Z"`,
		`"2024-06-00T11:59:50Z"`, `"11:59:50"`,
	} {
		wantFound(t, Finder{}, `{"enqueued_at":`+value+`}`, found{failure: NoTimestamp})
		wantFound(t, Finder{}, `{"enqueued_at":`+value+`,"ts":1717243190}`, found{"2024-06-01T11:59:50Z", "ts", ""})
	}
}

func TestATimeThatCannotBeRightIsRejected(t *testing.T) {
	at := func(at time.Time) string { return fmt.Sprintf(`{"enqueued_at":%d,"id":1}`, at.Unix()) }
	for text, want := range map[string]found{
		at(now.Add(tolerance)):                                         {"2024-06-01T12:05:00Z", "enqueued_at", ""},
		at(now.Add(tolerance + time.Second)):                           {failure: Future},
		at(earliest):                                                   {"2015-01-01T00:00:00Z", "enqueued_at", ""},
		at(earliest.Add(-time.Second)):                                 {failure: Absurd},
		`{"enqueued_at":5}`:                                            {failure: Absurd},
		`{"enqueued_at":-1717243190}`:                                  {failure: Absurd},
		`{"enqueued_at":17172431900}`:                                  {failure: Absurd}, // between seconds and milliseconds
		`{"enqueued_at":1e999}`:                                        {failure: Absurd},
		`{"enqueued_at":1e-999}`:                                       {failure: Absurd},
		`{"enqueued_at":1e99999999999999999999}`:                       {failure: Absurd},
		`{"enqueued_at":99999999999999999999999999999999999999999999}`: {failure: Absurd},
		`{"enqueued_at":9999999999999999999}`:                          {failure: Future}, // the greatest there is
		`{"enqueued_at":"9999-12-31T23:59:59Z"}`:                       {failure: Future},
		`{"enqueued_at":"1999-12-31T23:59:59Z"}`:                       {failure: Absurd},
	} {
		wantFound(t, Finder{}, text, want)
	}
}

func TestAWrongTimeDoesNotHideAGoodOne(t *testing.T) {
	good := found{"2024-06-01T11:59:50Z", "created_at", ""}
	for _, text := range []string{
		`{"enqueued_at":2717243190,"created_at":1717243190}`,
		`{"created_at":1717243190,"enqueued_at":5}`,
		`{"created_at":5,"created_at":1717243190}`,
	} {
		wantFound(t, Finder{}, text, good)
	}
	wantFound(t, Finder{}, `{"ts":5,"enqueued_at":2717243190}`, found{failure: Future})
	wantFound(t, Finder{}, `{"ts":2717243190,"enqueued_at":5}`, found{failure: Absurd})
}

func TestTheBestFieldWinsWhereverItStands(t *testing.T) {
	const value = `:1717243190`
	for _, c := range []struct {
		better, worse string // members, with the value
		source        string
	}{
		{`"enqueued_at"`, `"created_at"`, "enqueued_at"},
		{`"created_at"`, `"timestamp"`, "created_at"},
		{`"t"`, `"meta":{"enqueued_at"`, "t"},
		{`"meta":{"created_at"`, `"payload":{"enqueued_at"`, "meta.created_at"},
		{`"meta":{"enqueued_at"`, `"meta":{"created_at"`, "meta.enqueued_at"},
		{`"payload":{"enqueued_at"`, `"payload":{"timestamp"`, "payload.enqueued_at"},
		{`"args":[{"enqueued_at"`, `"customer":{"timestamp"`, "args.enqueued_at"},
		{`"t"`, `"payload":{"timestamp"`, "t"},
		{`"meta":{"t"`, `"payload":{"timestamp"`, "meta.t"},
		{`"payload":{"timestamp"`, `"payload":{"created_at"`, "payload.timestamp"},
		{`"payload":{"timestamp"`, `"payload":{"ts"`, "payload.timestamp"},
	} {
		closed := func(s string) string {
			s += `:1717243190`
			for _, bracket := range [][2]string{{"{", "}"}, {"[", "]"}} {
				s += strings.Repeat(bracket[1], strings.Count(s, bracket[0]))
			}
			return s
		}
		better, worse := closed(c.better), closed(c.worse)
		want := found{"2024-06-01T11:59:50Z", c.source, ""}
		wantFound(t, Finder{}, "{"+better+","+strings.ReplaceAll(worse, value, ":1700000000")+"}", want)
		wantFound(t, Finder{}, "{"+strings.ReplaceAll(worse, value, ":1700000000")+","+better+"}", want)
	}
}

func TestASourceIsAFixedName(t *testing.T) {
	for text, source := range map[string]string{
		`{"enqueuedAt":1717243190}`:                              "enqueued_at",
		`{"Enqueued-At":1717243190}`:                             "enqueued_at",
		`{"ENQUEUED_AT":1717243190}`:                             "enqueued_at",
		`{"enqueued\u005fat":1717243190}`:                        "enqueued_at",
		`{"sentAt":1717243190}`:                                  "sent_at",
		`{"Meta":{"QueuedAt":1717243190}}`:                       "meta.queued_at",
		`{"_meta":{"queuedAt":1717243190}}`:                      "meta.queued_at",
		`{"hunter2":{"queuedAt":1717243190}}`:                    "*.queued_at",
		`{"hunter2":[{"queuedAt":1717243190}]}`:                  "*.queued_at",
		`[{"queuedAt":1717243190}]`:                              "*.queued_at",
		`{"payload":{"timestamp":1717243190}}`:                   "payload.timestamp",
		`{"data":{"@timestamp":1717243190}}`:                     "data.timestamp",
		`{"data":"{\"TS\":1717243190}"}`:                         "data.ts",
		`{"click":{"timeStamp":1717243190}}`:                     "*.timestamp",
		`{"original":"{\"timestamp\":1717243190}"}`:              "original.timestamp",
		`"{\"timestamp\":1717243190}"`:                           "timestamp",
		"\ufeff" + ` {"timestamp":1717243190}`:                   "timestamp",
		`{ "a" : [ 1 , { } ] , "timestamp" : 1717243190 } x`:     "timestamp",
		`{"a":"\"","b":"\\","c":"\\\"}","timestamp":1717243190}`: "timestamp",
		"{\"a\xff\":\"\xff\",\"timestamp\":1717243190}":          "timestamp",
	} {
		wantFound(t, Finder{}, text, found{"2024-06-01T11:59:50Z", source, ""})
	}
}

func TestWhatIsTooDeepOrNotOursIsNotBelieved(t *testing.T) {
	for _, text := range []string{
		`{"meta":{"inner":{"enqueued_at":1717243190}}}`,
		`{"items":[{"created_at":1717243190}]}`, // of an item, not of the message
		`{"eta":1717243190,"run_at":1717243190,"expires":1717243190}`,
		`{"failed_at":1717243190}`, // a retry, not a dead letter
		`{"a_very_long_name_that_ends_with_enqueued_at":1717243190}`,
		`{"enqueued_at":{"enqueued_at":[1717243190]}}`,
	} {
		wantFound(t, Finder{}, text, found{failure: NoTimestamp})
	}
}

func TestTimesOfWhatAJobIsAboutAreNotItsOwn(t *testing.T) {
	for _, text := range []string{
		`{"id":"9b2d","type":"mail","payload":{"user":"x","created_at":"2020-01-01T00:00:00Z"}}`,
		`{"user":{"id":3,"created_at":"2020-01-01T00:00:00Z"}}`,
		`{"data":"{\"created_at\":\"2020-01-01T00:00:00Z\"}"}`,
		`{"user":{"created_at":"1999-12-31T23:59:59Z"},"payload":{"date":5,"time":2717243190}}`, // nor are they wrong
		`{"items":[{"timestamp":1717243190,"ts":1717243190}]}`,
	} {
		wantFound(t, Finder{}, text, found{failure: NoTimestamp})
		wantFound(t, Finder{DeadLetter: true}, text, found{failure: NoTimestamp})
	}
	for _, f := range fields {
		if f.kind != creation {
			continue
		}
		for _, parent := range []string{"payload", "data", "body", "event", "content", "args", "params", "kwargs", "error", "failure", "customer"} {
			wantFound(t, Finder{}, `{"`+parent+`":{"`+f.name+`":1717243190}}`, found{failure: NoTimestamp})
		}
	}
}

func TestAStampInTheContentIsTheLastResort(t *testing.T) {
	const last, at = `"payload":{"timestamp":1700000000}`, "2024-06-01T11:59:50Z"
	wantFound(t, Finder{}, `{`+last+`}`, found{"2023-11-14T22:13:20Z", "payload.timestamp", ""})
	for better, want := range map[string]found{
		`"date":1717243190`:                    {at, "date", ""},
		`"meta":{"created_at":1717243190}`:     {at, "meta.created_at", ""},
		`"args":[{"enqueued_at":1717243190}]`:  {at, "args.enqueued_at", ""},
		`"id":"` + rfcUUID + `"`:               {rfcTime, "uuidv7", ""},
		`"data":{"job_id":"` + ulidText + `"}`: {ulidTime, "ulid", ""},
		`"payload":{"queued_at":1717243190}`:   {at, "payload.queued_at", ""},
	} {
		wantFound(t, Finder{}, `{`+last+`,`+better+`}`, want)
		wantFound(t, Finder{}, `{`+better+`,`+last+`}`, want)
	}
}

func TestADeadLetterCountsFromItsDeath(t *testing.T) {
	dead := Finder{DeadLetter: true}
	at := "2024-06-01T11:59:50Z"
	for text, source := range map[string]string{
		`{"enqueued_at":1700000000,"failed_at":1717243190}`:              "failed_at",
		`{"enqueued_at":1700000000,"failedAt":1717243190}`:               "failed_at",
		`{"enqueued_at":1700000000,"diedAt":1717243190}`:                 "died_at",
		`{"failed_at":1700000000,"retried_at":1717243190}`:               "retried_at",
		`{"enqueued_at":1700000000,"meta":{"dead_at":1717243190}}`:       "meta.dead_at",
		`{"enqueued_at":1700000000,"error":{"failed_at":1717243190}}`:    "error.failed_at",
		`{"enqueued_at":1717243190,"failed_at":null}`:                    "enqueued_at",
		`{"enqueued_at":1717243190,"errors":[{"failed_at":1700000000}]}`: "enqueued_at",
	} {
		wantFound(t, dead, text, found{at, source, ""})
	}
}

func TestACutMessageIsNotJudgedByWhatTheJobIsAbout(t *testing.T) {
	for _, name := range []string{"timestamp", "ts", "created_at"} {
		text := []byte(`{"payload":{"` + name + `":1717243190},"padding":"`)
		if got := foundBy(Finder{}, text, false); got != (found{failure: TooBig}) {
			t.Errorf("%s: got %+v, want %q: a better field may follow", text, got, TooBig)
		}
	}
}

func TestDeepNestingNeedsNoStack(t *testing.T) {
	const depth = 500_000
	for _, open := range []string{"[", `{"a":`, `{"enqueued_at":[`} {
		text := []byte(strings.Repeat(open, depth))
		if got := foundBy(Finder{}, text, true); got != (found{failure: UnknownFormat}) {
			t.Errorf("%q...: got %+v, want %q", open, got, UnknownFormat)
		}
	}
	text := strings.Repeat("[", depth) + strings.Repeat("]", depth)
	wantFound(t, Finder{}, text, found{failure: NoTimestamp})
}

func TestFailuresAreAllThatThereAre(t *testing.T) {
	if all := Failures(); !slices.IsSorted(all) || len(slices.Compact(all)) != 7 {
		t.Errorf("Failures() = %q, want seven in the order of the alphabet", all)
	}
}
