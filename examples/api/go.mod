module github.com/lanyard-id/lanyard/examples/api

go 1.26

require github.com/lanyard-id/lanyard/verify v0.0.0

replace github.com/lanyard-id/lanyard/verify => ../../verify
