//go:build proof && linux

package proof

import (
	"bytes"
	"crypto/md5" //nolint:gosec // what S3 makes ETags of
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// A large upload: 64 parts of 16 MiB, four at a time.
const (
	largePart, largeParts = 16 << 20, 64
	largeConns            = 4
	largeObject           = "/proof-files/large.bin"
)

// playPut is the floor of an upload: net/http over TLS, and of each body what S3's answer and a signed hash need, its MD5 and
// its SHA-256, and the bytes in a file of their own, synced before the answer.
func playPut() error {
	dir, err := os.MkdirTemp("", "floor-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a left-over is only untidy
	return serveFloor(true, func(w http.ResponseWriter, r *http.Request) {
		f, err := os.CreateTemp(dir, "part-*")
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		md5sum, sha := md5.New(), sha256.New() //nolint:gosec // see the import
		_, err = io.Copy(io.MultiWriter(f, md5sum, sha), r.Body)
		if err != nil || f.Sync() != nil || f.Close() != nil || hex.EncodeToString(sha.Sum(nil)) != r.Header.Get("X-Amz-Content-Sha256") {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("ETag", hex.EncodeToString(md5sum.Sum(nil)))
	})
}

// putParts sends the parts and gives what the server's processors worked for it, and the ETags.
func putParts(t *testing.T, on target, part func(number int) *http.Request) (worked time.Duration, etags []string) {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(on.Roots)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}, MaxIdleConnsPerHost: largeConns}}
	defer client.CloseIdleConnections()
	etags = make([]string, largeParts)
	failed := make(chan string, largeParts)
	before := processorTime(t, on.pid)
	var all sync.WaitGroup
	for worker := range largeConns {
		all.Go(func() {
			for n := worker; n < largeParts; n += largeConns {
				res, err := client.Do(part(n + 1))
				if err != nil {
					failed <- err.Error()
					return
				}
				text, _ := io.ReadAll(res.Body) // an answer that breaks off has no ETag
				_ = res.Body.Close()
				if etags[n] = res.Header.Get("ETag"); res.StatusCode != http.StatusOK {
					failed <- fmt.Sprintf("part %d: %d %s", n+1, res.StatusCode, text)
				}
			}
		})
	}
	all.Wait()
	worked = processorTime(t, on.pid) - before
	select {
	case why := <-failed:
		t.Fatal(why)
	default:
	}
	return worked, etags
}

// TestBenchMultipartUpload uploads 1 GiB in parts, beside a server that does nothing with the same bytes but hash, write and
// sync them. Completing the upload writes none of them again, and the server's memory does not grow with the upload.
func TestBenchMultipartUpload(t *testing.T) {
	b := newBench(t)
	session := b.operatorSession(t)
	body := bytes.Repeat([]byte("0123456789abcdef"), largePart/16)
	door, bare := b.at(t, "s3"), floor(t, "put")
	signed := func(method, path string, body []byte) *http.Request {
		req := b.request(method, "s3", path, body, map[string]string{})
		if err := sign(req, session, "s3", b.status.Region, body); err != nil {
			t.Error(err)
		}
		return req
	}
	b.putBytes(t, bigBlob, bigObject, body, body) // what an upload needs once is there
	_, before := b.memory(t)
	var ours, base []time.Duration
	for range 3 {
		var begun struct{ UploadId string } //nolint:revive,staticcheck // the protocol's name
		a, err := b.send(signed(http.MethodPost, largeObject+"?uploads", nil))
		if err != nil || a.status != http.StatusOK || xml.Unmarshal(a.body, &begun) != nil {
			t.Fatalf("begin: %v, %d: %s", err, a.status, a.body)
		}
		worked, _ := putParts(t, bare, func(int) *http.Request {
			req := signed(http.MethodPut, largeObject, body)
			req.URL.Host = bare.Address
			return req
		})
		base = append(base, worked)
		worked, etags := putParts(t, door, func(n int) *http.Request {
			return signed(http.MethodPut, fmt.Sprintf("%s?partNumber=%d&uploadId=%s", largeObject, n, begun.UploadId), body)
		})
		list := []byte("<CompleteMultipartUpload>")
		for i, etag := range etags {
			list = fmt.Appendf(list, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", i+1, etag)
		}
		list = append(list, "</CompleteMultipartUpload>"...)
		start, disk := processorTime(t, door.pid), bytesBelow(t, filepath.Join(b.data, "objects"))
		if a, err = b.send(signed(http.MethodPost, largeObject+"?uploadId="+begun.UploadId, list)); err != nil || a.status != http.StatusOK {
			t.Fatalf("complete: %v, %d: %s", err, a.status, a.body)
		}
		complete := processorTime(t, door.pid) - start
		if grown := bytesBelow(t, filepath.Join(b.data, "objects")) - disk; grown > largePart {
			t.Errorf("completing the upload put %d more bytes on the disk", grown)
		}
		figure(t, "completing 1 GiB in %d parts: %.1f ms of processor time", largeParts, float64(complete.Microseconds())/1000)
		ours = append(ours, worked+complete)
	}
	o, s := slices.Min(ours), slices.Min(base)
	verdict(t, "S3 multipart upload of 1 GiB", int(100*s/o), 70, fmt.Sprintf("%.2f s of processor time, floor %.2f s", o.Seconds(), s.Seconds()))
	if _, peak := b.memory(t); peak-before > 64<<20 {
		t.Errorf("the server's memory grew by %d MiB", (peak-before)>>20)
	} else {
		figure(t, "three uploads of 1 GiB: the server's memory peaks %d MiB above what it was", (peak-before)>>20)
	}
	figure(t, "measured on %s, load average %s", machine(), loadAverage())
}
