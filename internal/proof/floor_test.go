//go:build proof

package proof

import (
	"bufio"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/server"
)

// The floors are servers that do only what nobody can leave out. Each is a role of the test binary, so that it runs in a
// process of its own like the server that is measured beside it.

// keyVariable tells the floor of an exchange the modulus of the key that its tokens are signed with.
const keyVariable = "LANYARD_PROOF_KEY"

// pagesVariable tells the floor of a list how long its pages are.
const pagesVariable = "LANYARD_PROOF_PAGE"

// floorGarbage is the GOGC of the floors: they may let as much garbage lie before they collect it as the server does, 64 MiB,
// because the settings of the collector are not what is compared. Go begins at 4 MiB for 100.
const floorGarbage = 1600

// introduction is what a floor says of itself on its first line.
type introduction struct {
	Address string
	Roots   []byte // PEM; empty without TLS
}

// playHello is the floor of a served-again token: net/http and an answer as long as a token.
func playHello() error {
	body := []byte(strings.Repeat("x", 1740))
	return serveFloor(false, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body) // a load that has gone reads nothing
	})
}

// playFile is the floor of reading an object: net/http's own file server over TLS, with files of 4 KiB and of
// 64 MiB whose kind their names tell.
func playFile() error {
	dir, err := os.MkdirTemp("", "floor-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a left-over is only untidy
	for path, size := range map[string]int{bigBlob: 4 << 10, bigObject: 4 << 10, hugeBlob: hugeSize} {
		if err := os.MkdirAll(dir+filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := writeZeros(dir+path, size); err != nil {
			return err
		}
	}
	return serveFloor(true, http.FileServer(http.Dir(dir)).ServeHTTP)
}

// writeZeros makes a file piece by piece: one slice of 64 MiB would have the floor collect its garbage later than ours.
func writeZeros(path string, size int) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	piece := make([]byte, 4<<10)
	for n := 0; n < size && err == nil; n += len(piece) {
		_, err = f.Write(piece)
	}
	return errors.Join(err, f.Close())
}

// playPages is the floor of a list: net/http over TLS and a page from memory.
func playPages() error {
	length, err := strconv.Atoi(os.Getenv(pagesVariable))
	if err != nil {
		return err
	}
	body := []byte(strings.Repeat("x", length))
	return serveFloor(true, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(length))
		_, _ = w.Write(body)
	})
}

// playSecureHello is the floor of a signed question: net/http over TLS, a form read and a short answer.
func playSecureHello() error {
	body := []byte(strings.Repeat("x", 430))
	return serveFloor(true, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = w.Write(body)
	})
}

// playExchange is the floor of a role's session: net/http over TLS, a form read, an RS256 signature verified, 1 KiB sealed.
func playExchange() error {
	modulus, ok := new(big.Int).SetString(os.Getenv(keyVariable), 62)
	if !ok {
		return errors.New(keyVariable + " is no number")
	}
	key := &rsa.PublicKey{N: modulus, E: 65537}
	block, err := aes.NewCipher(make([]byte, 32))
	if err != nil {
		return err
	}
	sealer, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return err
	}
	plain := make([]byte, 1024)
	return serveFloor(true, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		if !verifies(key, form.Get("WebIdentityToken")) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		sealed := sealer.Seal(nil, nil, plain, nil)
		_, _ = w.Write([]byte(base64.StdEncoding.EncodeToString(sealed)))
	})
}

// verifies tells whether an RS256 signature is right, and looks at nothing else.
func verifies(key *rsa.PublicKey, token string) bool {
	dot := strings.LastIndexByte(token, '.')
	if dot < 0 {
		return false
	}
	given, _ := base64.RawURLEncoding.DecodeString(token[dot+1:])
	sum := sha256.Sum256([]byte(token[:dot]))
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], given) == nil
}

// playSign is the floor of a new token: RS256 signatures and nothing else, for two seconds, on all processors at once as the
// server makes them: two threads of one core slow each other down. It prints the nanoseconds of processor time of one.
func playSign() error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte("what is signed"))
	began, deadline := selfTime(), time.Now().Add(2*time.Second)
	var made atomic.Int64
	var signers sync.WaitGroup
	errs := make(chan error, runtime.GOMAXPROCS(0))
	for range cap(errs) {
		signers.Go(func() {
			for time.Now().Before(deadline) {
				if _, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:]); err != nil {
					errs <- err
					return
				}
				made.Add(1)
			}
		})
	}
	signers.Wait()
	close(errs)
	if err := <-errs; err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(int64(selfTime()-began) / made.Load())
}

// serveFloor serves until standard input ends.
func serveFloor(secure bool, handler http.HandlerFunc) error {
	server.PrepareHeap("") // as the server's is: a floor that pays for first touches of its memory would flatter us
	debug.SetGCPercent(floorGarbage)
	ln, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // loopback
	if err != nil {
		return err
	}
	intro := introduction{Address: ln.Addr().String()}
	if secure {
		var config *tls.Config
		if config, intro.Roots, err = floorCertificate(); err != nil {
			return err
		}
		ln = tls.NewListener(ln, config)
	}
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: patience}
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); _ = srv.Close() }()
	if err := json.NewEncoder(os.Stdout).Encode(intro); err != nil {
		return err
	}
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// floorCertificate makes a certificate of the kind that ours is: ECDSA P-256.
func floorCertificate() (*tls.Config, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS13}
	return config, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}

// target is a server process under measurement.
type target struct {
	introduction
	pid int
}

// floor starts a floor, with more of an environment if it needs that.
func floor(t *testing.T, role string, env ...string) target {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(append(os.Environ(), roleVariable+"="+role), env...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	f := target{pid: cmd.Process.Pid}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &f.introduction)
	}
	if err != nil {
		t.Fatalf("the floor %s: %v", role, err)
	}
	return f
}
