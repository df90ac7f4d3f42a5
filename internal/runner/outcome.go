package runner

import (
	"context"
	"encoding/base64"
	"errors"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Status is where a run stands, by the protocol's number.
type Status int

// The statuses of the protocol that mean something here. From SegmentationFault to OtherError a program ended by itself
// with an error; after InternalError and ExecFormatError the server did not run it, whatever the program is worth.
const (
	InQueue           Status = 1
	Processing        Status = 2
	Accepted          Status = 3
	WrongAnswer       Status = 4
	TimeLimit         Status = 5
	CompileError      Status = 6
	SegmentationFault Status = 7
	OtherError        Status = 12
	InternalError     Status = 13
	ExecFormatError   Status = 14
)

// Ended reports whether nothing more will become of the run.
func (s Status) Ended() bool { return s > Processing }

// Crashed reports whether the program ended with an error of its own.
func (s Status) Crashed() bool { return s >= SegmentationFault && s <= OtherError }

// Broke reports whether the server failed to run the program.
func (s Status) Broke() bool { return s == InternalError || s == ExecFormatError }

// Outcome is what became of a run. Its texts are the program's own, whole: Clean them before anybody reads them.
type Outcome struct {
	Status   Status
	Printed  string // to standard output
	Errors   string // to standard error
	Compiler string // what the compiler said
	CPU      time.Duration
	Memory   int  // in kilobytes
	Cut      bool // more was printed than is taken: the texts are missing
}

// What is asked of a run: everything, and what is asked where everything is too much.
const (
	everything = "token,status_id,stdout,stderr,compile_output,time,memory"
	bareFacts  = "token,status_id,time,memory"
)

// Poll asks what became of runs, in their order. A run that the server does not know is ErrLost.
func (c *Client) Poll(ctx context.Context, tokens []string) ([]Outcome, error) {
	if len(tokens) == 0 || len(tokens) > MaxRuns {
		return nil, errors.New("code runner: no runs, or too many at once")
	}
	outcomes, err := c.ask(ctx, tokens, everything)
	if !errors.Is(err, errTooLarge) {
		return outcomes, err
	}
	if len(tokens) == 1 {
		outcomes, err = c.ask(ctx, tokens, bareFacts)
		for i := range outcomes {
			outcomes[i].Cut = true
		}
		return outcomes, err
	}
	// One run that printed too much must not hide what became of the others.
	half := len(tokens) / 2
	first, err := c.Poll(ctx, tokens[:half])
	if err != nil {
		return nil, err
	}
	rest, err := c.Poll(ctx, tokens[half:])
	return append(first, rest...), err
}

// told is a run as the protocol tells of it. Texts are in base64, perhaps on many lines.
type told struct {
	Token    string  `json:"token"`
	Status   Status  `json:"status_id"`
	Stdout   *text   `json:"stdout"`
	Stderr   *text   `json:"stderr"`
	Compiler *text   `json:"compile_output"`
	Time     decimal `json:"time"`   // seconds
	Memory   decimal `json:"memory"` // kilobytes
}

func (c *Client) ask(ctx context.Context, tokens []string, fields string) ([]Outcome, error) {
	query := url.Values{"base64_encoded": {"true"}, "tokens": {strings.Join(tokens, ",")}, "fields": {fields}}
	var answer struct {
		Submissions []*told `json:"submissions"`
	}
	if err := c.read(ctx, "/submissions/batch?"+query.Encode(), &answer); err != nil {
		return nil, err
	}
	if len(answer.Submissions) != len(tokens) {
		return nil, garbled(errors.New("another number of runs than was asked for"))
	}
	outcomes := make([]Outcome, len(tokens))
	for i, s := range answer.Submissions {
		switch {
		case s == nil:
			return nil, &Failure{Reason: "the code runner has lost the run", Temporary: true, cause: ErrLost}
		case s.Token != tokens[i], s.Status < InQueue, s.Status > ExecFormatError:
			return nil, garbled(errors.New("another run, or a status that is not known"))
		}
		outcomes[i] = s.outcome()
	}
	return outcomes, nil
}

func (t *told) outcome() Outcome {
	return Outcome{
		Status: t.Status, Printed: t.Stdout.String(), Errors: t.Stderr.String(), Compiler: t.Compiler.String(),
		CPU: time.Duration(float64(t.Time) * float64(time.Second)), Memory: int(t.Memory),
	}
}

// text is a text in base64.
type text string

// UnmarshalText reads base64, also on many lines.
func (t *text) UnmarshalText(data []byte) error {
	plain, err := base64.StdEncoding.DecodeString(string(data))
	*t = text(plain)
	return err
}

// String is the text; nothing, if there is none.
func (t *text) String() string {
	if t == nil {
		return ""
	}
	return string(*t)
}

// mostDecimal bounds a time and a memory: what is above is nonsense.
const mostDecimal = 1e9

// decimal is a number that servers write as one, as a text, or not at all.
type decimal float64

// UnmarshalJSON reads a number in any of its forms.
func (d *decimal) UnmarshalJSON(data []byte) error {
	plain := strings.Trim(string(data), `"`)
	if plain == "null" || plain == "" {
		return nil
	}
	n, err := strconv.ParseFloat(plain, 64)
	if err == nil && (math.IsNaN(n) || n < 0 || n > mostDecimal) {
		err = errors.New("a time or a memory out of all bounds")
	}
	*d = decimal(n)
	return err
}
