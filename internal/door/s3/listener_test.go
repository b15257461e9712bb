package s3_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// TestContinueOnlyAfterAuthentication speaks to a real listener: a client that waits for 100 before it sends its body, as
// boto3 does, is told to go on only once its signature holds.
func TestContinueOnlyAfterAuthentication(t *testing.T) {
	w, h := serve(t)
	srv := httptest.NewTLSServer(h)
	defer srv.Close()
	send := func(req doortest.Request) (first string) {
		conn, err := tls.Dial("tcp", srv.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the test's own server
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close() //nolint:errcheck // the test is over then
		head := fmt.Sprintf("%s %s HTTP/1.1\r\nContent-Length: %d\r\nExpect: 100-continue\r\n", req.Method, req.Target, len(req.Body))
		for name, values := range req.Header {
			head += name + ": " + values[0] + "\r\n"
		}
		if _, err := io.WriteString(conn, head+"\r\n"); err != nil {
			t.Fatal(err)
		}
		answers := bufio.NewReader(conn)
		if first, err = answers.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(first, "100") {
			return strings.TrimSpace(first)
		}
		if _, err := answers.ReadString('\n'); err != nil { // the empty line behind it
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, req.Body); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close() //nolint:errcheck // it was only read
		return strings.TrimSpace(first) + ", " + resp.Status
	}
	host := http.Header{"Host": {srv.Listener.Addr().String()}}
	req := doortest.Request{Method: http.MethodPut, Target: "/photos/a", Body: "hello", Header: host}
	if got := send(req); got != "HTTP/1.1 403 Forbidden" {
		t.Errorf("a stranger: %s", got)
	}
	if got := send(w.Signed(req, w.Signing(w.Session("reader"), "s3"))); got != "HTTP/1.1 403 Forbidden" {
		t.Errorf("a caller without the right: %s", got)
	}
	if there(t, w, photos, "a") {
		t.Error("an upload that was refused is there")
	}
	if got := send(w.Signed(req, w.Signing(w.Session("writer"), "s3"))); got != "HTTP/1.1 100 Continue, 200 OK" {
		t.Errorf("a caller with the right: %s", got)
	}
}
