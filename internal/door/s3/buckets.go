package s3

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// maxBuckets bounds one page of buckets (S3 API Reference, ListBuckets).
const maxBuckets = 10000

// listBuckets lists the buckets of the caller's own account, in the order of their names.
func (d Door) listBuckets(c *call, w http.ResponseWriter) error {
	limit, err := c.number("max-buckets", maxBuckets)
	if err != nil {
		return err
	}
	after, err := c.token("continuation-token")
	if err != nil {
		return err
	}
	prefix, _ := c.param("prefix")
	region, _ := c.param("bucket-region")
	x := awswire.NewDocument("ListAllMyBucketsResult", awswire.S3Namespace)
	c.writeOwner(x, c.session.Account)
	x.Begin("Buckets")
	last, listed, more := "", 0, false
	for b := range c.v.Buckets(c.session.Account) {
		if !strings.HasPrefix(b.Name, prefix) || b.Name <= after || region != "" && region != b.Region {
			continue
		}
		if more = listed == limit; more {
			break
		}
		writeBucket(x, b)
		last, listed = b.Name, listed+1
	}
	x.End()
	if more && last != "" {
		x.Text("ContinuationToken", tokenOf(last))
	}
	if prefix != "" {
		x.Text("Prefix", prefix)
	}
	return writeXML(w, x)
}

func writeBucket(x *awswire.XML, b *view.Bucket) {
	x.Begin("Bucket")
	x.Text("Name", b.Name)
	x.Text("CreationDate", stamp(b.Created))
	x.Text("BucketRegion", b.Region)
	x.End()
}

// headBucket tells whether a bucket is there and may be listed.
func (d Door) headBucket(c *call, w http.ResponseWriter) error {
	w.Header().Set("x-amz-bucket-region", c.bucket.Region)
	w.WriteHeader(http.StatusOK)
	return nil
}

// location is the answer to GetBucketLocation. The first region is told by an empty text.
type location struct {
	XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ LocationConstraint"`
	Region  string   `xml:",chardata"`
}

func (d Door) bucketLocation(c *call, w http.ResponseWriter) error {
	region := c.bucket.Region
	if region == "us-east-1" {
		region = ""
	}
	b, err := xml.Marshal(location{Region: region})
	if err != nil {
		return err
	}
	return writeBody(w, append([]byte(xml.Header), b...))
}

// writeOwner writes who owns a bucket and everything in it.
func (c *call) writeOwner(x *awswire.XML, account name.AccountID) {
	x.Begin("Owner")
	x.Text("ID", canonicalID(account))
	if a, ok := c.v.Account(account); ok {
		x.Text("DisplayName", a.Name)
	}
	x.End()
}

// writeGrantee writes the bucket's owner as the one whom a list of rights names.
func (c *call) writeGrantee(x *awswire.XML) {
	x.BeginOf("Grantee", "http://www.w3.org/2001/XMLSchema-instance", "CanonicalUser")
	x.Text("ID", canonicalID(c.bucket.Account))
	x.End()
}

// canonicalID is an account in S3's older form of 64 hex digits, always the same for one account. Nothing here takes it
// as a principal.
func canonicalID(account name.AccountID) string {
	sum := sha256.Sum256([]byte("canonical user id of " + account.String()))
	return hex.EncodeToString(sum[:])
}

// number reads a query parameter that bounds a page; most if it was not sent or is more than that.
func (c *call) number(param string, most int) (int, error) {
	text, sent := c.param(param)
	if !sent || text == "" {
		return most, nil
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, badArgument("Provided %s not an integer or within integer range", param)
	}
	return min(int(n), most), nil
}

// token reads where a page goes on. To clients it is opaque; here it is the text behind which to go on.
func (c *call) token(param string) (string, error) {
	text, sent := c.param(param)
	if !sent {
		return "", nil
	}
	after, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(after) == 0 {
		return "", badArgument("The continuation token provided is incorrect")
	}
	return string(after), nil
}

func tokenOf(after string) string { return base64.RawURLEncoding.EncodeToString([]byte(after)) }

// stamp is a time as S3's XML has it (ISO 8601, with milliseconds).
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func writeXML(w http.ResponseWriter, x *awswire.XML) error {
	x.End()
	return writeBody(w, x.Bytes())
}

func writeBody(w http.ResponseWriter, b []byte) error {
	w.Header().Set("Content-Type", awswire.S3ContentType)
	return writeText(w, b)
}

func writeText(w http.ResponseWriter, b []byte) error {
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	_, err := w.Write(b)
	return err
}
