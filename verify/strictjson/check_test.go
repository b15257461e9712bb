package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// nestedText gives a value inside depth arrays.
func nestedText(depth int) string {
	return strings.Repeat("[", depth) + "1" + strings.Repeat("]", depth)
}

// manyMembers gives an object of n different names, and at its end the extra text.
func manyMembers(n int, extra string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i := range n {
		fmt.Fprintf(&b, `"name%d":%d,`, i, i)
	}
	return b.String() + extra + "}"
}

func TestCheckAccepts(t *testing.T) {
	for _, text := range []string{
		`{}`, `[]`, `null`, `true`, `false`, `""`, `0`, `-0`, `-1.5e+3`, `10`, `1E5`, `0.5e-400`, `1e308`,
		" \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } } \n",
		`"\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00"`, `"é€😀` + "\x7f" + `"`, `{"":1}`,
		`{"a":{"a":{"a":1}},"b":{"a":1}}`, `[{"a":1},{"a":2}]`,
		`{"sub":1,"SUB":2,"` + "\u017f" + `ub":3}`,
		nestedText(64), manyMembers(100, `"z":{"name1":1}`),
		strings.Repeat("9", 308), "0." + strings.Repeat("0", 400) + "1",
	} {
		if err := Check([]byte(text), Limits{}); err != nil {
			t.Errorf("Check(%.60q) = %v, want nil", text, err)
		}
		if !json.Valid([]byte(text)) {
			t.Errorf("encoding/json refuses %.60q", text)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	for _, tc := range []struct {
		text   string
		why    Why
		offset int
	}{
		{``, Syntax, 0},
		{`  `, Syntax, 2},
		{"\xef\xbb\xbf{}", Syntax, 0},
		{`{`, Syntax, 1},
		{`[`, Syntax, 1},
		{`[1`, Syntax, 2},
		{`[1,]`, Syntax, 3},
		{`[,1]`, Syntax, 1},
		{`[1 2]`, Syntax, 3},
		{`[1}`, Syntax, 2},
		{`{"a":1]`, Syntax, 6},
		{`{"a":1,}`, Syntax, 7},
		{`{a:1}`, Syntax, 1},
		{`{'a':1}`, Syntax, 1},
		{`{"a" 1}`, Syntax, 5},
		{`{"a":}`, Syntax, 5},
		{`{"a`, Syntax, 3},
		{`{"a":1 "b":2}`, Syntax, 7},
		{`tru`, Syntax, 0},
		{`True`, Syntax, 0},
		{`nul`, Syntax, 0},
		{`fals`, Syntax, 0},
		{`NaN`, Syntax, 0},
		{`Infinity`, Syntax, 0},
		{`-`, Syntax, 1},
		{`-x`, Syntax, 1},
		{`+1`, Syntax, 0},
		{`.5`, Syntax, 0},
		{`1.`, Syntax, 2},
		{`1.e5`, Syntax, 2},
		{`1e`, Syntax, 2},
		{`1e+`, Syntax, 3},
		{`0x10`, Trailing, 1},
		{`01`, Trailing, 1},
		{`// comment` + "\n1", Syntax, 0},
		{`1 /* comment */`, Trailing, 2},
		{`"`, Syntax, 1},
		{`"abc`, Syntax, 4},
		{"\"a\tb\"", Syntax, 2},
		{"\"a\x00b\"", Syntax, 2},
		{"\"a\nb\"", Syntax, 2},
		{`"\`, Syntax, 1},
		{`"\x41"`, Syntax, 1},
		{`"\u12"`, Syntax, 1},
		{`"\u12g4"`, Syntax, 1},
		{`"\U0041"`, Syntax, 1},
		{`{} {}`, Trailing, 3},
		{"{}\x00", Trailing, 2},
		{"{}\xff", Trailing, 2},
		{"\"\xff\"", BadUTF8, 1},
		{"\"a\xc3\"", BadUTF8, 2},
		{"\"\xc0\xaf\"", BadUTF8, 1},
		{"\"\xed\xa0\x80\"", BadUTF8, 1},
		{"\"\xf4\x90\x80\x80\"", BadUTF8, 1},
		{"{\"\xfe\":1}", BadUTF8, 2},
		{`"\ud800"`, Surrogate, 1},
		{`"\udc00"`, Surrogate, 1},
		{`"\ud800\ud800"`, Surrogate, 1},
		{`"\ud800\u0041"`, Surrogate, 1},
		{`"\udc00\ud800"`, Surrogate, 1},
		{`"\ud800\n1234"`, Surrogate, 1},
		{`"\u0000"`, NUL, 1},
		{`{"a\u0000":1}`, NUL, 3},
		{`{"a":1,"a":2}`, Duplicate, 7},
		{`{"a":1,"b":2,"\u0061":3}`, Duplicate, 13},
		{`{"s\u0075b":1,"\u0073ub":2}`, Duplicate, 14},
		{`{"":1,"":2}`, Duplicate, 6},
		{`{"x":{"a":{"b":1},"a":2}}`, Duplicate, 18},
		{`{"a":{"a":1},"a":1}`, Duplicate, 13},
		{`{"/":1,"\/":2}`, Duplicate, 7},
		{`{"😀":1,"\ud83d\ude00":2}`, Duplicate, 10},
		{manyMembers(15, `"name0":1`), Duplicate, len(manyMembers(15, ``)) - 1},
		{manyMembers(16, `"name0":1`), Duplicate, len(manyMembers(16, ``)) - 1},
		{manyMembers(17, `"name16":1`), Duplicate, len(manyMembers(17, ``)) - 1},
		{manyMembers(31, `"name0":1`), Duplicate, len(manyMembers(31, ``)) - 1},
		{manyMembers(32, `"name31":1`), Duplicate, len(manyMembers(32, ``)) - 1},
		{manyMembers(33, `"name32":1`), Duplicate, len(manyMembers(33, ``)) - 1},
		{manyMembers(500, `"name499":1`), Duplicate, len(manyMembers(500, ``)) - 1},
		{strings.Repeat(`{"a":1,"b":`, 30) + `{"c":1,"c":2}`, Duplicate, 30*11 + 7},
		{nestedText(65), TooDeep, 64},
		{strings.Repeat(`{"a":`, 65), TooDeep, 64 * 5},
		{strings.Repeat("[", 1<<16), TooDeep, 64},
		{`1e309`, Range, 0},
		{`[-1e999]`, Range, 1},
		{strings.Repeat("9", 310), Range, 0},
	} {
		err := Check([]byte(tc.text), Limits{})
		got, ok := errors.AsType[*Error](err)
		if !ok || got.Why != tc.why || got.Offset != tc.offset {
			t.Errorf("Check(%.60q) = %v (%+v), want %s at %d", tc.text, err, got, tc.why, tc.offset)
		}
	}
}

func TestCheckLimits(t *testing.T) {
	for _, tc := range []struct {
		name   string
		text   string
		limits Limits
		why    Why
	}{
		{"default size", `"` + strings.Repeat("a", DefaultBytes-2) + `"`, Limits{}, ""},
		{"over the default size", `"` + strings.Repeat("a", DefaultBytes-1) + `"`, Limits{}, TooLarge},
		{"own size", `123`, Limits{Bytes: 3}, ""},
		{"over the own size", `1234`, Limits{Bytes: 3}, TooLarge},
		{"own depth", `[[1]]`, Limits{Depth: 2}, ""},
		{"over the own depth", `[[{}]]`, Limits{Depth: 2}, TooDeep},
		{"depth is never more than MaxDepth", nestedText(65), Limits{Depth: 1000}, TooDeep},
		{"NUL allowed", `{"a\u0000":"\u0000"}`, Limits{AllowNUL: true}, ""},
		{"an unescaped NUL never is", "\"\x00\"", Limits{AllowNUL: true}, Syntax},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := Check([]byte(tc.text), tc.limits)
			got, _ := errors.AsType[*Error](err)
			if (err == nil) != (tc.why == "") || got != nil && got.Why != tc.why {
				t.Errorf("Check = %v, want %q", err, tc.why)
			}
		})
	}
}

func TestErrorText(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"{\n  \"a\": 1,\n  \"a\": 2\n}", `line 3, column 3: name "a" appears twice`},
		{`{"éé" 1}`, `line 1, column 7: a colon is expected, not '1'`},
		{`[`, `line 1, column 2: a value is expected, not the end of the text`},
		{"[\x01", `line 1, column 2: a value is expected, not byte 0x01`},
		{`[1!`, `line 1, column 3: a comma or ']' is expected, not '!'`},
		{
			`{"` + strings.Repeat("é", 40) + `":1,"` + strings.Repeat("é", 40) + `":2}`,
			`line 1, column 47: name "` + strings.Repeat("é", 32) + `..." appears twice`,
		},
		{
			`{"a` + strings.Repeat("é", 40) + `":1,"a` + strings.Repeat("é", 40) + `":2}`,
			`line 1, column 48: name "a` + strings.Repeat("é", 31) + `..." appears twice`,
		},
	} {
		if err := Check([]byte(tc.text), Limits{}); err == nil || err.Error() != tc.want {
			t.Errorf("Check(%q) = %v, want %s", tc.text, err, tc.want)
		}
	}
}

func TestPositionOutside(t *testing.T) {
	if line, column := Position([]byte("a\nbc"), 99); line != 2 || column != 3 {
		t.Errorf("Position past the end = %d, %d, want 2, 3", line, column)
	}
	if line, column := Position([]byte("a\nbc"), -1); line != 1 || column != 1 {
		t.Errorf("Position before the beginning = %d, %d, want 1, 1", line, column)
	}
}

func TestCheckDoesNotAllocate(t *testing.T) {
	text := []byte(`{"iss":"https://a.example","aud":["x","y"],"exp":1700000000,"nested":{"iss":{"a":null,"b":"\u0041\n"}}}`)
	if n := testing.AllocsPerRun(100, func() { _ = Check(text, Limits{}) }); n > 0 {
		t.Errorf("Check allocates %v times, want 0", n)
	}
}

func BenchmarkCheck(b *testing.B) {
	claims := []byte(`{"aud":"api://x","iss":"https://sts.example/72f988bf/","iat":1700000000,"nbf":1700000000,` +
		`"exp":1700086400,"appid":"0d5f7a4e","oid":"4c1b","sub":"4c1b","tid":"72f988bf","roles":["a","b"],"ver":"1.0"}`)
	large := bytes.Join([][]byte{{'['}, bytes.TrimSuffix(bytes.Repeat(append(claims, ','), 1000), []byte{','}), {']'}}, nil)
	for _, tc := range []struct {
		name string
		text []byte
	}{{"claims", claims}, {"large", large}} {
		b.Run(tc.name+"/strict", func(b *testing.B) {
			b.SetBytes(int64(len(tc.text)))
			b.ReportAllocs()
			for b.Loop() {
				if err := Check(tc.text, Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(tc.name+"/json.Valid", func(b *testing.B) {
			b.SetBytes(int64(len(tc.text)))
			for b.Loop() {
				if !json.Valid(tc.text) {
					b.Fatal("invalid")
				}
			}
		})
	}
}
