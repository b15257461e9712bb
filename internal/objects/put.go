package objects

import (
	"context"
	"crypto/md5" //nolint:gosec // an ETag and a transport check of both protocols, not a security measure
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

// guardEvery is how many bytes of one upload are written between two looks at the free space.
const guardEvery = 16 << 20

// Upload is an object to be stored.
type Upload struct {
	Space name.GUID
	Key   string
	Meta  Meta
	Body  io.Reader // a fault that it returns is passed on as it is
	Size  int64     // bytes that Body must give; negative if not known beforehand

	IfNoneMatchAny bool   // only if there is no object of this key: otherwise Exists
	Check          Check  // further conditions, asked before the body is read and again in one step with the write
	MD5            string // hex digest that the content must have; empty if none was announced
	SHA256         string // the same
	KeepMD5        bool   // the digest found becomes Meta.ContentMD5, unless that says one

	Checksum func() *Checksum // what the door has of the content, asked once the body was read; nil is none

	ends *uploading // Assemble's
}

func (up *Upload) checksum() *Checksum {
	if up.Checksum == nil {
		return nil
	}
	return up.Checksum()
}

// admit asks what must hold for the upload to replace what is there.
func (up *Upload) admit(current *Info) error {
	if current != nil && up.IfNoneMatchAny {
		return exists(up.Key)
	}
	return up.Check.holds(current)
}

// Put stores an object, or replaces it as a whole. When Put returns without error the object is durable. After an
// error nothing of it is visible, with one exception: an IO fault may leave either the old object or the new one.
func (s *Store) Put(ctx context.Context, up Upload) (Info, error) {
	if err := checkKey(up.Key); err != nil {
		return Info{}, err
	}
	if err := checkMeta(up.Meta); err != nil {
		return Info{}, err
	}
	sp, err := s.use(ctx, up.Space)
	if err != nil {
		return Info{}, err
	}
	old := sp.current(up.Key)
	if err := up.admit(old); err != nil {
		return Info{}, err
	}
	if err := s.checkSpace(); err != nil {
		return Info{}, err
	}
	var info Info
	staged, err := s.stage(func(f io.Writer) error {
		got, err := s.receive(ctx, f, up)
		if err != nil {
			return err
		}
		info = s.describe(sp, up, old, got)
		return ioFault(appendTrailer(f, objectMagic, info))
	})
	if err == nil {
		err = s.commit(sp, replacement{staged: staged, info: &info, admit: up.admit})
	}
	if err = s.settle(staged, err); err != nil {
		return Info{}, err
	}
	return info, nil
}

// settle removes what was staged for a write that failed. What cannot be removed now is cleared at the next start.
func (s *Store) settle(staged string, err error) error {
	if err != nil {
		_ = s.root.Remove(filepath.Join(uploads, staged))
	}
	return err
}

// describe makes the description of content that arrived and is to replace old.
func (s *Store) describe(sp *space, up Upload, old *Info, got received) Info {
	now := s.now().UTC()
	info := Info{
		Key: up.Key, Size: got.size, ETag: got.md5, SHA256: got.sha256, LastModified: now, Created: now, Meta: up.Meta,
		Version: s.version(now), Checksum: up.checksum(),
	}
	info.Content = info.Version
	sp.carry(&info, old, up.ends)
	if up.KeepMD5 && info.ContentMD5 == "" {
		sum, _ := hex.DecodeString(got.md5) // the store made it
		info.ContentMD5 = base64.StdEncoding.EncodeToString(sum)
	}
	return info
}

// version gives a number that no write of this store had: the time in steps of 100 ns, or one more than the last.
func (s *Store) version(now time.Time) int64 {
	for {
		last := s.last.Load()
		next := max(last+1, now.UnixNano()/100)
		if s.last.CompareAndSwap(last, next) {
			return next
		}
	}
}

// seen keeps later versions above one that was found on the disk.
func (s *Store) seen(version int64) {
	for last := s.last.Load(); last < version && !s.last.CompareAndSwap(last, version); last = s.last.Load() {
	}
}

func (s *Store) checkSpace() error {
	if err := s.guard.Check(); err != nil {
		return fault.New(fault.Unavailable, NoSpace, "there is no space left for objects").Because(err)
	}
	return nil
}

// stage lets fill write a file of its own among the uploads, and makes that durable.
func (s *Store) stage(fill func(io.Writer) error) (staged string, err error) {
	staged = rand.Text()
	f, err := s.root.OpenFile(filepath.Join(uploads, staged), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return staged, ioFault(err)
	}
	err = fill(f)
	if err == nil {
		if err = f.Sync(); err != nil {
			err = ioFault(err)
		}
	}
	if closing := f.Close(); err == nil && closing != nil {
		err = ioFault(closing)
	}
	return staged, err
}

// received is what arrived of a body.
type received struct {
	size        int64
	md5, sha256 string // hex
}

// receive copies the body and checks what the caller announced of it.
func (s *Store) receive(ctx context.Context, f io.Writer, up Upload) (received, error) {
	md5sum, sha := md5.New(), sha256.New() //nolint:gosec // see the import
	size, err := s.copyBody(ctx, io.MultiWriter(f, md5sum, sha), up)
	if err != nil {
		return received{}, err
	}
	got := received{size, hexSum(md5sum), hexSum(sha)}
	return got, checkDigests(up, got)
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

func checkDigests(up Upload, got received) error {
	for _, d := range []struct{ what, want, got string }{
		{"MD5", up.MD5, got.md5}, {"SHA-256", up.SHA256, got.sha256},
	} {
		if d.want != "" && !strings.EqualFold(d.want, d.got) {
			return fault.New(fault.Invalid, DigestMismatch, "the content's %s is %s, announced was %s", d.what, d.got, d.want)
		}
	}
	return nil
}

// copyBody copies the body, minding the announced size, the free space and the caller's patience.
func (s *Store) copyBody(ctx context.Context, w io.Writer, up Upload) (int64, error) {
	if up.Size > MaxSize {
		return 0, tooLarge()
	}
	most := int64(MaxSize)
	if up.Size >= 0 {
		most = up.Size
	}
	body := &io.LimitedReader{R: bodyReader{ctx, up.Body}, N: most + 1} // one more, to see that there is no more
	var size int64
	for {
		n, err := io.CopyN(w, body, guardEvery)
		size += n
		switch {
		case err == io.EOF: //nolint:errorlint // io.Reader: EOF itself; a body's fault may wrap one
			return size, checkSize(up, size)
		case err != nil:
			return size, copyFault(err)
		}
		if err := s.checkSpace(); err != nil {
			return size, err
		}
	}
}

func checkSize(up Upload, size int64) error {
	switch {
	case up.Size >= 0 && size > up.Size:
		return fault.New(fault.Invalid, SizeMismatch, "more than the announced %d bytes arrived", up.Size)
	case up.Size >= 0 && size < up.Size:
		return fault.New(fault.Invalid, SizeMismatch, "%d bytes arrived, announced were %d", size, up.Size)
	case size > MaxSize:
		return tooLarge()
	}
	return nil
}

func tooLarge() error {
	return fault.New(fault.Invalid, TooLarge, "an object has at most %d bytes", int64(MaxSize))
}

// bodyReader marks errors of the caller's side, to tell them from errors of the disk.
type bodyReader struct {
	ctx  context.Context //nolint:containedctx // lives for one copy
	body io.Reader
}

type bodyError struct{ error }

func (e bodyError) Unwrap() error { return e.error }

func (b bodyReader) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, bodyError{err}
	}
	n, err := b.body.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // io.Reader: EOF itself, never wrapped
		err = bodyError{err}
	}
	return n, err
}

// copyFault keeps a fault of the body (a chunk with a wrong signature), and names the side that failed otherwise.
func copyFault(err error) error {
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		return f
	}
	if _, ok := errors.AsType[bodyError](err); ok {
		return fault.New(fault.Invalid, BodyFailed, "the content broke off before its end").Because(err)
	}
	return ioFault(err)
}
