package objects

import (
	"context"
	"crypto/md5" //nolint:gosec // an ETag and a transport check of both protocols, not a security measure
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"

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
	MD5            string // hex digest that the content must have; empty if none was announced
	SHA256         string // the same
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
	old, err := sp.info(up.Key)
	if err == nil && up.IfNoneMatchAny {
		return Info{}, exists(up.Key)
	}
	if err := s.checkSpace(); err != nil {
		return Info{}, err
	}
	staged := rand.Text()
	info, err := s.stage(ctx, staged, up, old)
	if err == nil {
		err = sp.commit(s.root, staged, info, up.IfNoneMatchAny)
	}
	if err != nil {
		// What cannot be removed now is cleared at the next start.
		_ = s.root.Remove(filepath.Join(uploads, staged))
		return Info{}, err
	}
	if err := syncFolder(s.root, sp.folder); err != nil {
		return Info{}, ioFault(err)
	}
	return info, nil
}

func (s *Store) checkSpace() error {
	if err := s.guard.Check(); err != nil {
		return fault.New(fault.Unavailable, NoSpace, "there is no space left for objects").Because(err)
	}
	return nil
}

// stage writes the upload to a file of its own and makes that durable.
func (s *Store) stage(ctx context.Context, staged string, up Upload, old Info) (Info, error) {
	f, err := s.root.OpenFile(filepath.Join(uploads, staged), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Info{}, ioFault(err)
	}
	info, err := s.fill(ctx, f, up, old)
	if err == nil {
		if err = f.Sync(); err != nil {
			err = ioFault(err)
		}
	}
	if closing := f.Close(); err == nil && closing != nil {
		err = ioFault(closing)
	}
	return info, err
}

// fill writes content and trailer and checks what the caller announced.
func (s *Store) fill(ctx context.Context, f io.Writer, up Upload, old Info) (Info, error) {
	md5sum, sha := md5.New(), sha256.New() //nolint:gosec // see the import
	size, err := s.receive(ctx, io.MultiWriter(f, md5sum, sha), up)
	if err != nil {
		return Info{}, err
	}
	now := s.now().UTC()
	info := Info{
		Key: up.Key, Size: size, ETag: hexSum(md5sum), SHA256: hexSum(sha),
		LastModified: now, Created: now, Meta: up.Meta,
	}
	if !old.Created.IsZero() {
		info.Created = old.Created
	}
	if err := checkDigests(up, info); err != nil {
		return Info{}, err
	}
	if err := appendTrailer(f, info); err != nil {
		return Info{}, ioFault(err)
	}
	return info, nil
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

func checkDigests(up Upload, got Info) error {
	for _, d := range []struct{ what, want, got string }{
		{"MD5", up.MD5, got.ETag}, {"SHA-256", up.SHA256, got.SHA256},
	} {
		if d.want != "" && !strings.EqualFold(d.want, d.got) {
			return fault.New(fault.Invalid, DigestMismatch, "the content's %s is %s, announced was %s", d.what, d.got, d.want)
		}
	}
	return nil
}

// receive copies the body, minding the announced size, the free space and the caller's patience.
func (s *Store) receive(ctx context.Context, w io.Writer, up Upload) (int64, error) {
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
