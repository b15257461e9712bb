package main

import (
	"errors"
	"fmt"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// want holds an error to a code; "" is none. It prints what was refused, so that the story can ask why: the code, and the
// request id.
func want[Code ~string](err error, code Code) error {
	if code == "" && err == nil {
		return nil
	}
	var e *azcore.ResponseError
	if !errors.As(err, &e) || code == "" || e.ErrorCode != string(code) {
		return fmt.Errorf("wanted %q, got %w", code, err)
	}
	fmt.Println("refused", code, e.RawResponse.Header.Get("x-ms-request-id"))
	return nil
}

// once is a client that asks once: what is refused is not asked again.
func once() policy.ClientOptions {
	return policy.ClientOptions{Retry: policy.RetryOptions{MaxRetries: -1}}
}

// step is a part of a play; its name is printed when it came out as it should.
type step struct {
	name string
	do   func() error
}

func steps(all []step) error {
	for _, s := range all {
		if err := s.do(); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Println("ok", s.name)
	}
	return nil
}
