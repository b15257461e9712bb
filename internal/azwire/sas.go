package azwire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

// What can be wrong with a shared access signature.
const (
	// ReasonSASKind: it is signed with an account's key, or belongs to a stored policy: those are secrets that do not exist here.
	ReasonSASKind fault.Reason = "blob.signature_unsupported"
	// ReasonSASMalformed: a field is missing, given in a form that it does not have, or is one that is not understood.
	ReasonSASMalformed fault.Reason = "sas.malformed"
)

// SharedAccess is a user delegation shared access signature (Create a user delegation SAS). What its fields say was
// checked for form only; Signed tells whether they were signed.
type SharedAccess struct {
	Permissions   string
	Start, Expiry time.Time // Start is zero if it has none
	KeyObject     name.GUID // whose key signed it
	KeyTenant     name.GUID
	KeyStart      time.Time
	KeyExpiry     time.Time
	KeyVersion    string
	Version       string
	Resource      string // b a blob, c a container, d a directory
	Depth         int    // of the directory, in segments
	From, To      netip.Addr
	HTTPSOnly     bool
	CacheControl  string // and the following: headers that an answer gets instead of the blob's own
	Disposition   string
	Encoding      string
	Language      string
	Type          string
	fields        map[string]string
	signature     []byte
}

// sasFields are the parameters of a signature that are understood; "" of those that are understood only when absent.
func sasFields() []string {
	return []string{
		"sp", "st", "se", "skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid", "skdutid", "sduoid", "sip", "spr",
		"sv", "sr", "ses", "srh", "srq", "rscc", "rscd", "rsce", "rscl", "rsct", "sdd", "sig",
		"si", "ss", "srt", "snapshot", "sst", "epk", "erk", "spk", "srk", "tn", // of other kinds of signatures
	}
}

// IsSASField tells whether a query parameter, in lower case, belongs to a signature and not to the operation.
func IsSASField(param string) bool {
	return slices.Contains(sasFields(), param)
}

// ParseSharedAccess reads a signature from a query; get finds a parameter.
func ParseSharedAccess(get func(string) (string, bool)) (*SharedAccess, error) {
	s := &SharedAccess{fields: map[string]string{}}
	for _, f := range sasFields() {
		value, there := get(f)
		if !there {
			continue
		}
		if strings.ContainsAny(value, "\r\n") { // it would be two fields to whoever signs (threat A22)
			return nil, sasMalformed(f)
		}
		s.fields[f] = value
	}
	if s.fields["skoid"] == "" || s.fields["si"] != "" || s.fields["ss"] != "" || s.fields["srt"] != "" {
		return nil, fault.New(fault.Denied, ReasonSASKind, "Key based authentication is not permitted on this storage account.")
	}
	for _, f := range []string{"suoid", "saoid", "sduoid", "skdutid", "ses", "srh", "srq", "snapshot", "sst", "epk", "erk", "spk", "srk", "tn"} {
		if s.fields[f] != "" { // it would narrow what is granted
			return nil, sasMalformed(f)
		}
	}
	return s, s.read()
}

func sasMalformed(field string) error {
	return fault.New(fault.Denied, ReasonSASMalformed, "The value of the signature's parameter %s is missing, not valid or not offered.", field)
}

// read takes the fields apart.
func (s *SharedAccess) read() error {
	s.Permissions, s.Version, s.KeyVersion, s.Resource = s.fields["sp"], s.fields["sv"], s.fields["skv"], s.fields["sr"]
	s.CacheControl, s.Disposition, s.Encoding = s.fields["rscc"], s.fields["rscd"], s.fields["rsce"]
	s.Language, s.Type = s.fields["rscl"], s.fields["rsct"]
	for _, step := range []struct {
		field string
		ok    func(string) bool
	}{
		{"sp", lowerLetters},
		{"sv", isSASVersion},
		{"skv", isSASVersion},
		{"se", sasTime(&s.Expiry)},
		{"skt", sasTime(&s.KeyStart)},
		{"ske", sasTime(&s.KeyExpiry)},
		{"st", optional(sasTime(&s.Start))},
		{"skoid", sasGUID(&s.KeyObject)},
		{"sktid", sasGUID(&s.KeyTenant)},
		{"sks", func(v string) bool { return v == "b" }},
		{"sr", s.resource},
		{"sip", optional(s.addresses)},
		{"spr", optional(s.protocol)},
		{"sig", s.sig},
	} {
		if !step.ok(s.fields[step.field]) {
			return sasMalformed(step.field)
		}
	}
	return nil
}

func optional(ok func(string) bool) func(string) bool {
	return func(v string) bool { return v == "" || ok(v) }
}

func lowerLetters(v string) bool {
	return v != "" && len(v) <= 26 && strings.Trim(v, "abcdefghijklmnopqrstuvwxyz") == ""
}

// userDelegation is the first version that has keys of this kind.
const userDelegation = "2018-11-09"

func isSASVersion(v string) bool {
	_, err := time.Parse(time.DateOnly, v)
	return err == nil && v >= userDelegation
}

// sasTime reads ISO 8601 as signatures have it.
func sasTime(into *time.Time) func(string) bool {
	return func(v string) bool {
		for _, layout := range []string{"2006-01-02T15:04:05Z", "2006-01-02T15:04Z", "2006-01-02T15:04:05.0000000Z", time.DateOnly} {
			if t, err := time.Parse(layout, v); err == nil {
				*into = t
				return true
			}
		}
		return false
	}
}

func sasGUID(into *name.GUID) func(string) bool {
	return func(v string) bool {
		id, err := name.ParseGUID(v)
		*into = id
		return err == nil
	}
}

func (s *SharedAccess) resource(v string) bool {
	if v != "d" {
		return v == "b" || v == "c"
	}
	depth, err := strconv.ParseUint(s.fields["sdd"], 10, 8)
	s.Depth = int(depth)
	return err == nil && depth > 0 // the root of a container is the container
}

func (s *SharedAccess) addresses(v string) bool {
	first, last, isRange := strings.Cut(v, "-")
	if !isRange {
		last = first
	}
	var errs [2]error
	s.From, errs[0] = netip.ParseAddr(first)
	s.To, errs[1] = netip.ParseAddr(last)
	return errs[0] == nil && errs[1] == nil && s.From.Is4() && s.To.Is4()
}

func (s *SharedAccess) protocol(v string) bool {
	s.HTTPSOnly = v == "https"
	return v == "https" || v == "https,http"
}

func (s *SharedAccess) sig(v string) bool {
	sum, err := base64.StdEncoding.DecodeString(v)
	s.signature = sum
	return err == nil && len(sum) == sha256.Size
}

// StringToSign is the text that is signed for a resource, /blob/{account}/{container}[/{blob}], in the form of the
// signature's version: later versions have more fields.
func (s *SharedAccess) StringToSign(resource string) string {
	order := []string{"sp", "st", "se", "", "skoid", "sktid", "skt", "ske", "sks", "skv"}
	if s.Version >= "2020-02-10" {
		order = append(order, "saoid", "suoid", "scid")
	}
	if s.Version >= "2025-07-05" {
		order = append(order, "skdutid", "sduoid")
	}
	order = append(order, "sip", "spr", "sv", "sr", "snapshot")
	if s.Version >= "2020-12-06" {
		order = append(order, "ses")
	}
	if s.Version >= "2026-04-06" {
		order = append(order, "srh", "srq")
	}
	order = append(order, "rscc", "rscd", "rsce", "rscl", "rsct")
	text := make([]string, len(order))
	for i, f := range order {
		if text[i] = s.fields[f]; f == "" {
			text[i] = resource
		}
	}
	return strings.Join(text, "\n")
}

// Signed tells whether the key signed the fields for the resource. A resource that holds a line end is no resource.
func (s *SharedAccess) Signed(key []byte, resource string) bool {
	if strings.ContainsAny(resource, "\r\n") {
		return false
	}
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(s.StringToSign(resource))) // a hash takes everything
	return hmac.Equal(mac.Sum(nil), s.signature)
}
