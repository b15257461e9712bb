package etcd

import (
	"strings"
	"testing"

	"go.etcd.io/etcd/api/v3/mvccpb"
	"go.etcd.io/etcd/server/v3/storage/mvcc"
	"google.golang.org/protobuf/proto"
)

// recordKey writes the key of a record as the engine does: main revision, place in it, mark of a deletion.
func recordKey(main, sub int64, deletes bool) []byte {
	key := mvcc.RevToBytes(mvcc.Revision{Main: main, Sub: sub}, mvcc.NewRevBytes())
	if deletes {
		key = append(key, 't')
	}
	return key
}

func recordValue(tb testing.TB, rev int64, name string) []byte {
	tb.Helper()
	record := &mvccpb.KeyValue{Key: []byte(dataPrefix + name)}
	if rev != 0 {
		record.Value, record.ModRevision = []byte(seal(dataPrefix+name, []byte("v"))), rev
	}
	value, err := proto.Marshal(record)
	if err != nil {
		tb.Fatal(err)
	}
	return value
}

func TestHistoryFindsWhatIsMissing(t *testing.T) {
	put := func(main, sub int64, name string) [2][]byte {
		return [2][]byte{recordKey(main, sub, false), recordValue(t, main, name)}
	}
	del := func(main, sub int64, name string) [2][]byte {
		return [2][]byte{recordKey(main, sub, true), recordValue(t, 0, name)}
	}
	const noIndex = "no index up to which the log is applied"
	for _, c := range []struct {
		name      string
		compacted int64
		records   [][2][]byte
		want      string // "" for a whole history
	}{
		{"nothing", 0, nil, ""},
		{"whole", 0, [][2][]byte{put(2, 0, "a"), put(3, 0, "b"), put(3, 1, "c"), del(4, 0, "a"), put(5, 0, "a")}, ""},
		{"first missing", 0, [][2][]byte{put(3, 0, "b")}, "revision 2 is missing"},
		{"one missing", 0, [][2][]byte{put(2, 0, "a"), put(4, 0, "b")}, "revision 3 is missing"},
		{"begin of one missing", 0, [][2][]byte{put(2, 0, "a"), put(3, 1, "b")}, "revision 3 is missing"},
		{"middle of one missing", 0, [][2][]byte{put(2, 0, "a"), put(2, 2, "b")}, "revision 2 is missing"},
		{"compacted", 7, [][2][]byte{put(4, 0, "a"), put(6, 2, "b"), put(8, 0, "a")}, ""},
		{"missing behind the compacted", 7, [][2][]byte{put(4, 0, "a"), put(9, 0, "b")}, "revision 8 is missing"},
		{"deletes what is not there", 0, [][2][]byte{put(2, 0, "a"), del(3, 0, "b")}, "revision 3 deletes"},
		{"deletes twice", 0, [][2][]byte{put(2, 0, "a"), del(3, 0, "a"), del(4, 0, "a")}, "revision 4 deletes"},
		{"deletion left by compaction", 3, [][2][]byte{del(3, 0, "a"), put(4, 0, "b")}, ""},
		{"another revision", 0, [][2][]byte{{recordKey(2, 0, false), recordValue(t, 9, "a")}}, "says revision 9"},
		{"deletion without its mark", 0, [][2][]byte{{recordKey(2, 0, false), recordValue(t, 0, "a")}}, "says revision 0"},
		{"no revision", 0, [][2][]byte{{[]byte("key"), nil}}, "has no revision"},
		{"negative revision", 0, [][2][]byte{{recordKey(-2, 0, false), nil}}, "has no revision"},
		{"another mark", 0, [][2][]byte{{append(recordKey(2, 0, false), 'x'), nil}}, "has no revision"},
		{"nothing says what is applied", 0, [][2][]byte{put(2, 0, "a")}, noIndex},
		{"no record", 0, [][2][]byte{{recordKey(2, 0, false), []byte{0xff}}}, "record of revision 2"},
		{"cut off", 0, [][2][]byte{{recordKey(2, 0, false), []byte{0x0a, 9, 'k'}}}, "record of revision 2: field 1"},
		{"unknown field", 0, [][2][]byte{{recordKey(2, 0, false), []byte{0x38, 1}}}, "record of revision 2: field 7 is unknown"},
		{"field of another kind", 0, [][2][]byte{{recordKey(2, 0, false), []byte{0x08, 1}}}, "record of revision 2: field 1 is unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHistory(nobody{})
			err := h.visit("meta", []byte("finishedCompactRev"), recordKey(c.compacted, 0, false))
			if err == nil && c.want != noIndex {
				err = h.visit("meta", []byte("consistent_index"), []byte("\x00\x00\x00\x00\x00\x00\x00\x09"))
			}
			for _, record := range c.records {
				if err == nil {
					err = h.visit("key", record[0], record[1])
				}
			}
			if err == nil {
				err = h.complete()
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestHistoryRefusesWhatTheEngineDoesNotKnow(t *testing.T) {
	for _, entry := range [][3]string{{"notes", "a", "b"}, {"meta", "consistent_index", "short"}, {"meta", "scheduledCompactRev", "soon"}} {
		if err := newHistory(nobody{}).visit(entry[0], []byte(entry[1]), []byte(entry[2])); err == nil {
			t.Errorf("%v was taken", entry)
		}
	}
}

// FuzzHistory looks for an entry of a database file that makes the reader panic.
func FuzzHistory(f *testing.F) {
	f.Add("key", recordKey(2, 0, false), recordValue(f, 2, "a"))
	f.Add("key", recordKey(2, 0, true), recordValue(f, 0, "a"))
	f.Add("meta", []byte("consistent_index"), []byte("12345678"))
	f.Add("meta", []byte("finishedCompactRev"), recordKey(7, 0, false))
	f.Fuzz(func(_ *testing.T, bucket string, key, value []byte) {
		_ = newHistory(nobody{}).visit(bucket, key, value) // any answer is right: only the way to it can be wrong
	})
}

// FuzzEntry holds what is read in place equal to what the message's own decoder makes of it.
func FuzzEntry(f *testing.F) {
	f.Add(recordValue(f, 2, "a"))
	whole, err := proto.Marshal(&mvccpb.KeyValue{Key: []byte("k"), CreateRevision: 1, ModRevision: -2, Version: 3, Value: []byte("v"), Lease: 4})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := readEntry(b)
		var want mvccpb.KeyValue
		wantErr := proto.Unmarshal(b, &want)
		known := wantErr == nil && len(want.ProtoReflect().GetUnknown()) == 0
		if (err == nil) != known {
			t.Fatalf("%x: %v, the decoder says %v", b, err, wantErr)
		}
		if err == nil && (string(got.key) != string(want.Key) || string(got.value) != string(want.Value) ||
			got.modRevision != want.ModRevision || got.lease != want.Lease) {
			t.Errorf("%x: %+v, want %v", b, got, &want)
		}
	})
}
