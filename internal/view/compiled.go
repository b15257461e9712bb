package view

type compiledRole struct{}
type compiledPolicy struct{}
