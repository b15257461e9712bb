package awswire

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
)

func decoded(t *testing.T, body string) Form {
	t.Helper()
	f, err := DecodeQuery([]byte(body), QueryLimits())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestDecodeQuery(t *testing.T) {
	f := decoded(t, "Action=AssumeRole&Version=2011-06-15&Policy=%7B%22a%22%3A+1%2B1%7D&Empty=&Flag")
	for name, want := range map[string]string{
		"Action": "AssumeRole", "Policy": `{"a": 1+1}`, "Empty": "", "Flag": "", "action": "",
	} {
		if got := f.Value(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]bool{"Empty": true, "Flag": true, "action": false} {
		if _, got := f.Get(name); got != want {
			t.Errorf("%s is there: %t, want %t", name, got, want)
		}
	}
	if f := decoded(t, ""); len(f.values) != 0 {
		t.Errorf("an empty body has %v", f.values)
	}
}

func TestH03DecodeQueryRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		body string
		want fault.Reason
	}{
		"too many bytes":      {"a=" + strings.Repeat("x", 64<<10), ReasonFormTooLarge},
		"a million":           {strings.Repeat("a=1&", 1_000_000), ReasonFormTooLarge},
		"2,049 parameters":    {strings.Repeat("a=1&", MaxParams) + "b", ReasonFormTooLarge},
		"parameter twice":     {"RoleArn=a&RoleArn=b", ReasonRepeatedParameter},
		"twice, encoded once": {"RoleArn=a&Role%41rn=b", ReasonRepeatedParameter},
		"name encoding":       {"%zz=1", ReasonMalformedForm},
		"value encoding":      {"a=%4", ReasonMalformedForm},
		"no UTF-8 in name":    {"%ff=1", ReasonMalformedForm},
		"no UTF-8 in value":   {"a=%ff", ReasonMalformedForm},
		"NUL":                 {"a=%00", ReasonMalformedForm},
		"no name":             {"=1", ReasonMalformedForm},
		"empty parameter":     {"a=1&&b=2", ReasonMalformedForm},
		"trailing separator":  {"a=1&", ReasonMalformedForm},
	} {
		if _, err := DecodeQuery([]byte(tc.body), QueryLimits()); !fault.Is(err, tc.want) {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
	}
}

func TestDecodeQueryURL(t *testing.T) {
	f, err := DecodeQueryURL("Action=A&P=a+b&X-Amz-Signature=x&X-Amz-Expires=1", QueryLimits())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"Action": "A", "P": "a+b"}, f.values); diff != "" {
		t.Error(diff)
	}
	for raw, want := range map[string]fault.Reason{
		"a=%":                           ReasonMalformedURI,
		"a=%ff":                         ReasonMalformedForm,
		"a=1&a=2":                       ReasonRepeatedParameter,
		"a&b&c&d":                       ReasonFormTooLarge,
		"a=" + strings.Repeat("x", 100): ReasonFormTooLarge,
	} {
		if _, err := DecodeQueryURL(raw, Limits{Bytes: 64, Params: 3}); !fault.Is(err, want) {
			t.Errorf("%s: %v, want %s", raw, err, want)
		}
	}
}

func TestP06Unknown(t *testing.T) {
	f := decoded(t, "Action=A&roleArn=x&Tags.member.1.Key=k&Tags.member.2.Bogus=b&Tags.member.01.Key=k&"+
		"PolicyArns=&TransitiveTagKeys.member.1=a&Other.member.1=x&Version=1&Keys=full")
	got := f.Unknown("Action", "Version", "RoleArn", "Tags.member.N.Key", "PolicyArns.member.N.arn",
		"TransitiveTagKeys.member.N", "Keys.member.N")
	want := []string{"Keys", "Other.member.1", "Tags.member.01.Key", "Tags.member.2.Bogus", "roleArn"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLists(t *testing.T) {
	f := decoded(t, "Keys.member.2=b&Keys.member.1=a&Keys.member.3=&None=&KeysX.member.1=x&"+
		"Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.2.Key=l&"+
		"Ctx.member.1.Name=n&Ctx.member.1.Values.member.1=x&Ctx.member.1.Values.member.2=y")
	keys, err := f.List("Keys", 3)
	if diff := cmp.Diff([]string{"a", "b", ""}, keys); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, name := range []string{"None", "Absent"} {
		if got, err := f.List(name, 3); got != nil || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if got, err := f.Structs(name, 3); got != nil || err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	tags, err := f.Structs("Tags", 50)
	if err != nil || len(tags) != 2 {
		t.Fatal(tags, err)
	}
	if _, has := tags[1].Get("Value"); tags[0].Value("Key") != "k" || tags[0].Value("Value") != "v" || tags[1].Value("Key") != "l" || has {
		t.Errorf("got %v", tags)
	}
	ctx, err := f.Structs("Ctx", 1)
	if err != nil {
		t.Fatal(err)
	}
	values, err := ctx[0].List("Values", 2)
	if diff := cmp.Diff([]string{"x", "y"}, values); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestListsRefused(t *testing.T) {
	for name, body := range map[string]string{
		"gap":               "L.member.2=b",
		"from zero":         "L.member.0=a",
		"leading zero":      "L.member.01=a",
		"sign":              "L.member.-1=a",
		"word":              "L.member.x=a",
		"huge":              "L.member.9999999=a",
		"too many":          "L.member.1=a&L.member.2=b&L.member.3=c",
		"scalar":            "L=a",
		"empty and members": "L=&L.member.1=a",
	} {
		f := decoded(t, body)
		if got, err := f.List("L", 2); !fault.Is(err, ReasonBadList) {
			t.Errorf("%s: list %q, %v", name, got, err)
		}
		if got, err := f.Structs("L", 2); !fault.Is(err, ReasonBadList) {
			t.Errorf("%s: structures %v, %v", name, got, err)
		}
	}
	if got, err := decoded(t, "L.member.1.Key=a").List("L", 2); !fault.Is(err, ReasonBadList) {
		t.Errorf("structure as a value: %q, %v", got, err)
	}
	if got, err := decoded(t, "L.member.1=a&L.member.1.Key=a").Structs("L", 2); !fault.Is(err, ReasonBadList) {
		t.Errorf("value as a structure: %v, %v", got, err)
	}
}

// FuzzDecodeQuery: what is accepted is what the standard library reads too, and every name in it is known or unknown.
func FuzzDecodeQuery(f *testing.F) {
	f.Add("Action=AssumeRole&Tags.member.1.Key=a&Tags.member.1.Value=%C3%A9+b", 2)
	f.Add("L.member.1=&L=&L.member.3=x", 3)
	f.Add("a=1&a=2&%=&=&;", 1)
	f.Fuzz(func(t *testing.T, body string, limit int) {
		form, err := DecodeQuery([]byte(body), QueryLimits())
		if err != nil {
			return
		}
		for name, value := range form.values {
			if !strings.Contains(body, ";") {
				std, err := url.ParseQuery(body)
				if err != nil || len(std[name]) != 1 || std[name][0] != value {
					t.Errorf("%q = %q, by the standard library %q, %v", name, value, std[name], err)
				}
			}
			head, _, isList := strings.Cut(name, ".member.")
			if !isList {
				continue
			}
			if list, err := form.List(head, limit); err == nil && len(list) > max(limit, 0) {
				t.Errorf("list of %d, limit %d", len(list), limit)
			}
			if list, err := form.Structs(head, limit); err == nil && len(list) > max(limit, 0) {
				t.Errorf("%d structures, limit %d", len(list), limit)
			}
		}
		if unknown := form.Unknown(); len(unknown) != len(form.values) {
			t.Errorf("%d of %d unknown", len(unknown), len(form.values))
		}
	})
}

// TestFormText: the order in which a form was written does not count, every value does, and what is left out does not.
func TestFormText(t *testing.T) {
	text := func(body string) string {
		t.Helper()
		f, err := DecodeQuery(body, QueryLimits())
		if err != nil {
			t.Fatal(err)
		}
		return f.Text("Marker")
	}
	if a, b := text("A=1&B=2&Marker=x"), text("B=2&A=1"); a != b {
		t.Errorf("%s and %s", a, b)
	}
	for _, other := range []string{"A=1&B=3", "A=1", "A=1&B=2&C=", "A=1%26%22B%22%3D&B=2", "a=1&B=2"} {
		if text(other) == text("A=1&B=2") {
			t.Errorf("%s reads as the form that it is not", other)
		}
	}
}
