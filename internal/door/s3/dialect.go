package s3

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/s3/body"
	"github.com/lanyard-id/lanyard/internal/door/s3/parts"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/web"
)

// dialect writes S3's error XML.
type dialect struct{ errors *awswire.ErrorTable }

// rows are the refusals that only this door knows.
func rows() map[fault.Reason]awswire.Entry {
	row := func(status int, code string) awswire.Entry { return awswire.Entry{Status: status, Code: code} }
	return map[fault.Reason]awswire.Entry{
		BadPath:                     row(http.StatusBadRequest, "InvalidURI"),
		BadArgument:                 row(http.StatusBadRequest, "InvalidArgument"),
		UnexpectedBody:              row(http.StatusBadRequest, "InvalidRequest"),
		OtherOwner:                  row(http.StatusForbidden, "AccessDenied"),
		wire.ACLUnsupported:         row(http.StatusBadRequest, "AccessControlListNotSupported"),
		body.LengthMissing:          row(http.StatusLengthRequired, "MissingContentLength"),
		body.BadDigest:              row(http.StatusBadRequest, "InvalidDigest"),
		body.ChecksumMismatch:       row(http.StatusBadRequest, "BadDigest"),
		body.BadChunk:               row(http.StatusBadRequest, "InvalidChunkSizeError"),
		body.BadTrailer:             row(http.StatusBadRequest, "MalformedTrailerError"),
		credential.TokenIncarnation: row(http.StatusBadRequest, "InvalidToken"),
		objects.KeyInvalid:          row(http.StatusBadRequest, "KeyTooLongError"),
		objects.MetaInvalid:         row(http.StatusBadRequest, "MetadataTooLarge"),
		objects.TooLarge:            row(http.StatusBadRequest, "EntityTooLarge"),
		objects.SizeMismatch:        row(http.StatusBadRequest, "IncompleteBody"),
		objects.BodyFailed:          row(http.StatusBadRequest, "IncompleteBody"),
		objects.SpaceRemoved:        row(http.StatusNotFound, "NoSuchBucket"),
		objects.UploadMissing:       {Status: http.StatusNotFound, Code: "NoSuchUpload", Message: "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.", Fixed: true},
		objects.PartMissing:         row(http.StatusBadRequest, "InvalidPart"),
		objects.SpaceNotEmpty:       {Status: http.StatusConflict, Code: "BucketNotEmpty", Message: "The bucket you tried to delete is not empty", Fixed: true},
		directory.InvalidName:       row(http.StatusBadRequest, "InvalidBucketName"),
		iampolicy.InvalidPrincipal:  row(http.StatusBadRequest, "MalformedPolicy"),
		parts.PartMismatch:          row(http.StatusBadRequest, "InvalidPart"),
		parts.PartOrder:             row(http.StatusBadRequest, "InvalidPartOrder"),
		parts.PartTooSmall:          row(http.StatusBadRequest, "EntityTooSmall"),
		parts.ChecksumType:          row(http.StatusBadRequest, "InvalidRequest"),
		CopyToItself:                row(http.StatusBadRequest, "InvalidRequest"),
		NoDigest:                    row(http.StatusBadRequest, "InvalidRequest"),
		BucketOwned:                 row(http.StatusConflict, "BucketAlreadyOwnedByYou"),
		ForeignPolicy:               row(http.StatusMethodNotAllowed, "MethodNotAllowed"),
		WrongRegion:                 row(http.StatusBadRequest, "IllegalLocationConstraintException"),
		NoConfiguration:             row(http.StatusNotFound, "NoSuchConfiguration"),
		wire.Malformed:              row(http.StatusBadRequest, "MalformedXML"),
		wire.BadTag:                 row(http.StatusBadRequest, "InvalidTag"),
		wire.BadCopySource:          row(http.StatusBadRequest, "InvalidArgument"),
		web.ConditionNotMet:         row(http.StatusPreconditionFailed, "PreconditionFailed"),
		web.RangeNotSatisfiable:     row(http.StatusRequestedRangeNotSatisfiable, "InvalidRange"),
	}
}

// WriteError answers a refusal. The answer to a HEAD is its status alone.
func (d dialect) WriteError(w http.ResponseWriter, r *http.Request, f *fault.Fault, requestID string) {
	failure := d.failure(f)
	if r.Method == http.MethodHead {
		w.WriteHeader(failure.Status)
		return
	}
	path, err := awswire.DecodePath(web.RawPath(r))
	if err != nil {
		path = "/"
	}
	body := awswire.S3Error(awswire.S3Place{Resource: path, RequestID: requestID, HostID: requestID}, failure)
	w.Header().Set("Content-Type", awswire.S3ContentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(failure.Status)
	_, _ = w.Write(body) // a caller who has gone reads nothing
}

// Code is the error code for the record.
func (d dialect) Code(f *fault.Fault) string { return d.failure(f).Code }

// failure tells a failure as S3 does, which has a code for each kind of configuration that may not be there.
func (d dialect) failure(err error) awswire.Failure {
	failure := d.errors.Failure(err)
	if n, ok := errors.AsType[notThere](err); ok {
		failure.Code = n.code
	}
	return failure
}
