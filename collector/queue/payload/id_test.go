package payload

import "testing"

const (
	rfcUUID   = "017F22E2-79B0-7CC3-98C4-DC0C0C07398F" // RFC 9562, appendix A.6
	rfcTime   = "2022-02-22T19:22:22Z"
	ulidText  = "01ARZ3NDEKTSV4RRFFQ69G5FAV" // the ULID specification
	ulidTime  = "2016-07-30T23:54:10.259Z"
	typeID    = "01h455vb4pex5vsknk084sn02q" // the TypeID specification, of 01890a5d-ac96-774b-bcce-b302099a8057
	typeTime  = "2023-06-30T03:34:18.518Z"
	uuid4Text = "8a6d9e7c-8d1f-4f43-9c3d-b7a5b4f0a001"
)

func TestIDsTellWhenTheyWereMade(t *testing.T) {
	for text, want := range map[string]found{
		rfcUUID:                                    {rfcTime, "uuidv7", ""},
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398f":     {rfcTime, "uuidv7", ""},
		ulidText:                                   {ulidTime, "ulid", ""},
		"01arz3ndektsv4rrffq69g5fav":               {ulidTime, "ulid", ""},
		"job_" + typeID:                            {typeTime, "ulid", ""},
		"msg:" + rfcUUID:                           {rfcTime, "uuidv7", ""},
		" " + rfcUUID + "\n":                       {rfcTime, "uuidv7", ""},
		`"` + rfcUUID + `"`:                        {rfcTime, "uuidv7", ""},
		`{"id":"` + rfcUUID + `"}`:                 {rfcTime, "uuidv7", ""},
		`{"_id":"` + ulidText + `"}`:               {ulidTime, "ulid", ""},
		`{"jid":"` + ulidText + `"}`:               {ulidTime, "ulid", ""},
		`{"messageId":"` + rfcUUID + `"}`:          {rfcTime, "uuidv7", ""},
		`{"meta":{"id":"` + rfcUUID + `"}}`:        {rfcTime, "uuidv7", ""},
		`{"data":{"job_id":"` + rfcUUID + `"}}`:    {rfcTime, "uuidv7", ""},
		`{"id":"` + rfcUUID + `","ts":1717243190}`: {"2024-06-01T11:59:50Z", "ts", ""},
		`{"id":"` + rfcUUID + `","ts":5}`:          {rfcTime, "uuidv7", ""},
	} {
		wantFound(t, Finder{}, text, want)
	}
}

func TestAnIDWithoutATimeIsNotBelieved(t *testing.T) {
	for _, id := range []string{
		uuid4Text,
		"c232ab00-9414-11ec-b3c8-9f6bdeced846", // version 1
		"017F22E2-79B0-7CC3-18C4-DC0C0C07398F", // another variant
		"017F22E2-79B0-7CC3-D8C4-DC0C0C07398F", // another variant
		"017F22E279B07CC398C4DC0C0C07398F",     // could be any hexadecimal number
		"017F22E2_79B0_7CC3_98C4_DC0C0C07398F",
		"017F22E2-79B0-7CC3-98C4-DC0C0C07398G",
		"017F22E2-79B0-7CC3-98C4-DC0C0C07398F0",
		"user_" + typeID, // of whom the job is about
		"01ARZ3NDEKTSV4RRFFQ69G5FA",
		"01ARZ3NDEKTSV4RRFFQ69G5FAVV",
		"01arz3ndektsv4RRFFQ69G5FAV", // mixed case
		"01ARZ3NDEKTSV4RRFFQ69G5FAU", // no such digit
		"81ARZ3NDEKTSV4RRFFQ69G5FAV", // more than 128 bits
		"4NQ8ZJ3RFT2WX7K6MBVCD5H9PA", // random: thousands of years ahead
		"00000000000000000000000000",
	} {
		wantFound(t, Finder{}, id, found{failure: NoTimestamp})
		wantFound(t, Finder{}, `{"id":"`+id+`"}`, found{failure: NoTimestamp})
	}
	wantFound(t, Finder{}, `{"payload":{"id":"`+rfcUUID+`"}}`, found{failure: NoTimestamp}) // the thing's, not the job's
	wantFound(t, Finder{}, `{"id":17172431}`, found{failure: NoTimestamp})
}

func TestAUUIDFromTheFutureIsReported(t *testing.T) {
	const ahead = "01b00000-0000-7000-8000-000000000000"
	wantFound(t, Finder{}, ahead, found{failure: Future})
	wantFound(t, Finder{}, `{"id":"`+ahead+`"}`, found{failure: Future})
}
