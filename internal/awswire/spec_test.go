package awswire

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// This file is a second Signature Version 4, written from the rules alone, short and slow, that shares no function with
// the package. Tests hold the two against each other.

var specEscape = regexp.MustCompile(`%([0-9A-Fa-f]{2})`)

func specDecode(s string) string {
	return specEscape.ReplaceAllStringFunc(s, func(m string) string {
		n, _ := strconv.ParseUint(m[1:], 16, 8) // the expression matches hexadecimal digits only
		return string([]byte{byte(n)})
	})
}

func specEncode(s, keep string) string {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	var out []string
	for _, b := range []byte(s) {
		if strings.IndexByte(plain+keep, b) >= 0 {
			out = append(out, string([]byte{b}))
		} else {
			out = append(out, fmt.Sprintf("%%%02X", b))
		}
	}
	return strings.Join(out, "")
}

func specPath(path string, s3 bool) string {
	if s3 {
		return specEncode(specDecode(path), "/")
	}
	var kept []string
	parts := strings.Split(path, "/")[1:]
	for i, p := range parts {
		last := i == len(parts)-1
		switch d := specDecode(p); {
		case d == ".." && len(kept) > 0:
			kept = kept[:len(kept)-1]
			fallthrough
		case d == "" || d == "." || d == "..":
			if last {
				kept = append(kept, "")
			}
		default:
			kept = append(kept, specEncode(specEncode(d, ""), ""))
		}
	}
	return "/" + strings.Join(kept, "/")
}

func specQuery(raw string) string {
	if raw == "" {
		return ""
	}
	var pairs [][2]string
	for p := range strings.SplitSeq(raw, "&") {
		kv := append(strings.SplitN(p, "=", 2), "")
		k := specEncode(specDecode(kv[0]), "")
		if k != "X-Amz-Signature" {
			pairs = append(pairs, [2]string{k, specEncode(specDecode(kv[1]), "")})
		}
	}
	sort.Slice(pairs, func(i, j int) bool {
		if pairs[i][0] != pairs[j][0] {
			return pairs[i][0] < pairs[j][0]
		}
		return pairs[i][1] < pairs[j][1]
	})
	var out []string
	for _, p := range pairs {
		out = append(out, p[0]+"="+p[1])
	}
	return strings.Join(out, "&")
}

var specRuns = regexp.MustCompile(` +`)

func specHeaders(req Request, signed []string) string {
	out := ""
	for _, want := range signed {
		var values []string
		if want == "host" {
			values = []string{req.Host}
		}
		for name, vs := range req.Header {
			if strings.ToLower(name) == want {
				values = vs
			}
		}
		var clean []string
		for _, v := range values {
			clean = append(clean, specRuns.ReplaceAllString(strings.Trim(v, "\t "), " "))
		}
		out += want + ":" + strings.Join(clean, ",") + "\n"
	}
	return out
}

func specCanonical(req Request, s3 bool, signed []string, payload string) string {
	return strings.Join([]string{
		req.Method, specPath(req.Path, s3), specQuery(req.RawQuery),
		specHeaders(req, signed), strings.Join(signed, ";"), payload,
	}, "\n")
}

func specSignature(canonical, at string, scope Scope, secret Secret) string {
	mac := func(key, text string) string {
		h := hmac.New(sha256.New, []byte(key))
		h.Write([]byte(text))
		return string(h.Sum(nil))
	}
	where := scope.Date + "/" + scope.Region + "/" + scope.Service + "/aws4_request"
	text := fmt.Sprintf("AWS4-HMAC-SHA256\n%s\n%s\n%x", at, where, sha256.Sum256([]byte(canonical)))
	key := mac(mac(mac(mac("AWS4"+string(secret), scope.Date), scope.Region), scope.Service), "aws4_request")
	return fmt.Sprintf("%x", mac(key, text))
}
