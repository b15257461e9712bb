package main

import (
	"context"
	"errors"
	"fmt"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// refused holds an error to a code. It prints what was refused, so that the story can ask why: the code and the request id.
func refused(code string, err error) error {
	var api smithy.APIError
	var response *awshttp.ResponseError
	if !errors.As(err, &api) || api.ErrorCode() != code || !errors.As(err, &response) {
		return fmt.Errorf("wanted %q, got %w", code, orNothing(err))
	}
	fmt.Println("refused", code, response.ServiceRequestID())
	return nil
}

// refusedAs does so and wants the SDK's own type of error.
func refusedAs[T error](code string, err error) error {
	var typed T
	if !errors.As(err, &typed) {
		return fmt.Errorf("wanted a %T, got %w", typed, orNothing(err))
	}
	return refused(code, err)
}

// orNothing names what was allowed.
func orNothing(err error) error {
	if err == nil {
		return errors.New("no refusal")
	}
	return err
}

// same compares what came with what was wanted.
func same[T comparable](got, wanted T) error {
	if got != wanted {
		return fmt.Errorf("got %v, wanted %v", got, wanted)
	}
	return nil
}

// step is a part of a play; its name is printed when it came out as it should.
type step struct {
	name string
	do   func(ctx context.Context) error
}

func steps(ctx context.Context, all []step) error {
	for _, s := range all {
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Println("ok", s.name)
	}
	return nil
}
