package awswire

// The namespaces of the documents.
const (
	STSNamespace = "https://sts.amazonaws.com/doc/2011-06-15/"
	IAMNamespace = "https://iam.amazonaws.com/doc/2010-05-08/"
	S3Namespace  = "http://s3.amazonaws.com/doc/2006-03-01/"
)

// Content types of the answers: the Query services' and S3's.
const (
	QueryContentType = "text/xml"
	S3ContentType    = "application/xml"
)

// QueryResponse writes the answer of a Query operation. result writes what is inside OperationResult; nil leaves that
// element out, as operations without a result do.
func QueryResponse(namespace, operation, requestID string, result func(*XML)) []byte {
	x := NewDocument(operation+"Response", namespace)
	if result != nil {
		x.Begin(operation + "Result")
		result(x)
		x.End()
	}
	x.Begin("ResponseMetadata")
	x.Text("RequestId", requestID)
	x.End()
	x.End()
	return x.Bytes()
}

// QueryError writes the refusal of a Query operation.
func QueryError(namespace, requestID string, f Failure) []byte {
	who := "Sender"
	if f.Status >= 500 {
		who = "Receiver"
	}
	x := NewDocument("ErrorResponse", namespace)
	x.Begin("Error")
	x.Text("Type", who)
	x.Text("Code", f.Code)
	x.Text("Message", f.Message)
	x.End()
	x.Text("RequestId", requestID)
	x.End()
	return x.Bytes()
}

// S3Place is where an S3 request failed.
type S3Place struct {
	Resource  string // the path that was asked for, decoded
	RequestID string
	HostID    string // which server answered; opaque to clients
}

// S3Error writes the refusal of an S3 request. It has no namespace. The answer to a HEAD has no body.
func S3Error(at S3Place, f Failure) []byte {
	x := NewDocument("Error", "")
	x.Text("Code", f.Code)
	x.Text("Message", f.Message)
	if f.Code == codeTimeTooSkewed {
		x.Int("MaxAllowedSkewMilliseconds", S3Window.Milliseconds())
	}
	x.Text("Resource", at.Resource)
	x.Text("RequestId", at.RequestID)
	x.Text("HostId", at.HostID)
	x.End()
	return x.Bytes()
}
