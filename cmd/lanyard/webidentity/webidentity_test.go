package webidentity

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestTheFileIsKeptFresh: it is written again before the token ends, for this user alone, and left as it is when there is no
// token; that is said once.
func TestTheFileIsKeptFresh(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	synctest.Test(t, func(t *testing.T) {
		const life = 6 * time.Minute
		var gone atomic.Bool
		made := 0
		f := &File{path: path, ask: func(context.Context) (string, time.Time, error) {
			if gone.Load() {
				return "", time.Time{}, errors.New("identity not found")
			}
			made++
			return "token" + strconv.Itoa(made), time.Now().Add(life), nil
		}}
		read := func() string {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		if err := f.renew(t.Context()); err != nil || read() != "token1" {
			t.Fatal(err, read())
		}
		var said []string
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); f.Keep(ctx, func(err error) { said = append(said, err.Error()) }) }()
		time.Sleep(life)
		synctest.Wait()
		if read() != "token2" && read() != "token3" {
			t.Errorf("after a token's life the file holds %s", read())
		}
		if at, err := os.Stat(path); err != nil || at.Mode().Perm() != 0o600 {
			t.Error(at.Mode(), err)
		}
		before := read()
		gone.Store(true)
		time.Sleep(time.Hour)
		synctest.Wait()
		if read() != before || len(said) != 1 {
			t.Errorf("the file holds %s, and it was said %q", read(), said)
		}
		gone.Store(false)
		time.Sleep(time.Minute)
		synctest.Wait()
		if read() == before {
			t.Error("not renewed when it could be again")
		}
		stop()
		<-done
	})
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	var none *File
	none.Keep(t.Context(), nil)
}

// TestAnswers: no token is read out of anything but an answer with one.
func TestAnswers(t *testing.T) {
	s := source{want: Want{Audience: "api://x"}}
	if token, ends, err := s.read(200, []byte(`{"access_token":"t","expires_on":"60","more":1}`)); token != "t" || ends.Unix() != 60 || err != nil {
		t.Error(token, ends, err)
	}
	for body, status := range map[string]int{
		`{"access_token":"t"}`: 200, `{"expires_on":"60"}`: 200, `x`: 200, `{"access_token":"t","access_token":"u","expires_on":"60"}`: 200,
		`{"access_token":"t","expires_on":"60","message":"no"}`: 400, `[]`: 500, ``: 503,
	} {
		if token, _, err := s.read(status, []byte(body)); err == nil || token != "" {
			t.Errorf("%d %s: %q", status, body, token)
		}
	}
	if _, _, err := s.read(400, []byte(`{"statusCode":400,"message":"not registered"}`)); err == nil || !strings.Contains(err.Error(), "api://x: not registered") {
		t.Error(err)
	}
}

// TestFlags: both or none, an ARN, and an Azure workload.
func TestFlags(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/r"
	for _, tc := range []struct {
		want Want
		as   string
		ok   bool
	}{
		{Want{}, "shop", true},
		{Want{}, "arn:aws:lambda:us-east-2:111122223333:function:f", true},
		{Want{Role: role, Audience: "api://x"}, "shop", true},
		{Want{Role: role, Audience: "api://x", Identity: "i"}, "shop", true},
		{Want{Role: role}, "shop", false},
		{Want{Audience: "api://x"}, "shop", false},
		{Want{Identity: "i"}, "shop", false},
		{Want{Role: "r", Audience: "api://x"}, "shop", false},
		{Want{Role: "arn:aws:iam::111122223333:user/r", Audience: "api://x"}, "shop", false},
		{Want{Role: role, Audience: "api://x"}, "arn:aws:lambda:us-east-2:111122223333:function:f", false},
	} {
		if err := tc.want.Check(tc.as); (err == nil) != tc.ok {
			t.Errorf("%+v as %s: %v", tc.want, tc.as, err)
		}
	}
}
