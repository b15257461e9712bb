package wire

import (
	"errors"
	"strconv"
	"strings"
)

// Bounds of the lists in documents (S3 API Reference, "Multipart upload limits" and DeleteObjects).
const (
	MaxParts = 10000
	MaxBatch = 1000
)

// Chosen is one part in the list that completes an upload.
type Chosen struct {
	Number    int
	ETag      string            // without quotes
	Checksums map[string]string // by algorithm as its header names it; what the client says
}

// ParseComplete reads the body of CompleteMultipartUpload. The order of the parts is the caller's to judge.
func ParseComplete(text []byte) ([]Chosen, error) {
	root, err := parse(text, "CompleteMultipartUpload")
	if err != nil {
		return nil, err
	}
	list, err := root.list("Part")
	if err != nil || len(list) == 0 || len(list) > MaxParts {
		return nil, malformed(errors.Join(err, errors.New("no or too many parts")))
	}
	parts := make([]Chosen, 0, len(list))
	for _, e := range list {
		f, err := e.fields("PartNumber", "ETag", "ChecksumCRC32", "ChecksumCRC32C", "ChecksumCRC64NVME", "ChecksumSHA1", "ChecksumSHA256")
		if err != nil {
			return nil, err
		}
		n, err := strconv.ParseUint(strings.TrimSpace(f["PartNumber"]), 10, 31)
		if err != nil {
			return nil, malformed(err)
		}
		part := Chosen{Number: int(n), ETag: strings.Trim(strings.TrimSpace(f["ETag"]), `"`), Checksums: map[string]string{}}
		for name, value := range f {
			if algorithm, ok := strings.CutPrefix(name, "Checksum"); ok {
				part.Checksums[strings.ToLower(algorithm)] = strings.TrimSpace(value)
			}
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// Doomed is one object in a list of objects to be deleted.
type Doomed struct {
	Key     string
	Version string // empty if none was named
	ETag    string // without quotes; empty is no condition
	Other   bool   // there are conditions that are not read here
}

// ParseDelete reads the body of DeleteObjects.
func ParseDelete(text []byte) (list []Doomed, quiet bool, err error) {
	root, err := parse(text, "Delete")
	if err != nil {
		return nil, false, err
	}
	told := false
	for _, e := range root.children {
		switch {
		case e.name == "Quiet" && !told && len(e.children) == 0:
			told = true
			if quiet, err = strconv.ParseBool(strings.TrimSpace(e.text.String())); err != nil {
				return nil, false, malformed(err)
			}
		case e.name == "Object" && len(list) < MaxBatch:
			f, err := e.fields("Key", "VersionId", "ETag", "LastModifiedTime", "Size")
			if err != nil {
				return nil, false, err
			}
			if f["Key"] == "" {
				return nil, false, malformed(errors.New("an object without a key"))
			}
			other := f["LastModifiedTime"] != "" || f["Size"] != ""
			list = append(list, Doomed{f["Key"], f["VersionId"], strings.Trim(strings.TrimSpace(f["ETag"]), `"`), other})
		default:
			return nil, false, malformed(errors.New("an unexpected " + e.name + ", or too many"))
		}
	}
	if len(list) == 0 {
		return nil, false, malformed(errors.New("no object"))
	}
	return list, quiet, nil
}

// ParseLocation reads the body of CreateBucket: the region that is asked for; empty if none is.
func ParseLocation(text []byte) (string, error) {
	if len(text) == 0 {
		return "", nil
	}
	root, err := parse(text, "CreateBucketConfiguration")
	if err != nil {
		return "", err
	}
	f, err := root.fields("LocationConstraint")
	return strings.TrimSpace(f["LocationConstraint"]), err
}
