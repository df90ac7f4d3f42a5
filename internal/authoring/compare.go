package authoring

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/assay-hq/assay/ent"
	"github.com/assay-hq/assay/ent/templateversion"
	"github.com/assay-hq/assay/internal/draw"
	"github.com/assay-hq/assay/internal/gid"
	"github.com/assay-hq/assay/internal/key"
	"github.com/assay-hq/assay/internal/paper"
	"github.com/assay-hq/assay/internal/tenant"
	"github.com/assay-hq/assay/internal/term"
	"github.com/assay-hq/assay/policy"
)

// Comparison is what differs between two published versions.
type Comparison struct {
	From, To *ent.TemplateVersion
	Changes  []*VersionChange
	// SharedRanking tells whether results of both may stand in one ranking: everything that decides a percentage is the
	// same. Reasons say why not.
	SharedRanking bool
	Reasons       []string
}

// VersionChange is one difference. Path names a setting or the place of a question, in the version that has it.
type VersionChange struct {
	Kind         ChangeKind
	Path         string
	Title        string // of a question
	QuestionID   *gid.ID
	FromRevision *int
	ToRevision   *int
	Message      string
}

// ChangeKind is what became of a part.
type ChangeKind string

// The kinds of change.
const (
	Added   ChangeKind = "ADDED"
	Removed ChangeKind = "REMOVED"
	Changed ChangeKind = "CHANGED"
)

// Values lists every kind.
func (ChangeKind) Values() []string { return []string{string(Added), string(Removed), string(Changed)} }

// CompareVersions tells what differs between two published versions, of one template or of two.
func (s *Service) CompareVersions(ctx context.Context, actor policy.Actor, from, to gid.ID) (*Comparison, error) {
	scope, err := s.tenant.As(ctx, actor, policy.TemplateRead)
	if err != nil {
		return nil, err
	}
	rows, err := scope.TemplateVersions().Where(tenant.In(templateversion.FieldID, []gid.ID{from, to})).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("find versions: %w", err)
	}
	byID := map[gid.ID]*edition{}
	for _, row := range rows {
		if byID[row.ID], err = readEdition(row); err != nil {
			return nil, err
		}
	}
	if byID[from] == nil || byID[to] == nil {
		return nil, tenant.NotFound("template version")
	}
	return compare(byID[from], byID[to]), nil
}

// edition is a version with its two documents.
type edition struct {
	row   *ent.TemplateVersion
	paper *paper.Paper
	key   *key.Key
}

func readEdition(row *ent.TemplateVersion) (*edition, error) {
	asked, err := paper.Decode(row.Paper)
	if err != nil {
		return nil, err
	}
	keyed, err := key.Decode(row.Key)
	if err != nil {
		return nil, err
	}
	return &edition{row, asked, keyed}, nil
}

func compare(a, b *edition) *Comparison {
	c := &Comparison{From: a.row, To: b.row, Changes: []*VersionChange{}, Reasons: []string{}}
	c.settings(a, b)
	c.sections(a, b)
	c.questions(a, b)
	c.SharedRanking = len(c.Reasons) == 0
	return c
}

// setting notes a difference in a setting; why is the reason against one ranking, if it is one.
func (c *Comparison) setting(path string, from, to any, why string) {
	if same(from, to) {
		return
	}
	c.Changes = append(c.Changes, &VersionChange{Kind: Changed, Path: path, Message: fmt.Sprintf("%s → %s", said(from), said(to))})
	c.reason(why)
}

func (c *Comparison) reason(why string) {
	if why != "" && !slices.Contains(c.Reasons, why) {
		c.Reasons = append(c.Reasons, why)
	}
}

func same(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

// said renders a value for a person.
func said(v any) string {
	const most = 120
	text, _ := json.Marshal(v)
	if runes := []rune(string(text)); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(text)
}

func (c *Comparison) settings(a, b *edition) {
	c.setting("name", a.row.Name, b.row.Name, "")
	// A version from before keys named their mode is an assessment: there was nothing else to invite to.
	c.setting("mode", cmp.Or(a.key.Mode, term.Assessment), cmp.Or(b.key.Mode, term.Assessment), "they are for different purposes")
	c.setting("instructions", a.paper.Instructions, b.paper.Instructions, "")
	c.setting("cutPercent", a.key.CutPercent, b.key.CutPercent, "")
	c.setting("bands", a.key.Bands, b.key.Bands, "")
	c.setting("feedback", a.key.Feedback, b.key.Feedback, "")
	c.setting("skillWeights", a.key.SkillWeights, b.key.SkillWeights, "skills weigh differently")
	c.setting("attemptLimit", a.paper.AttemptLimit, b.paper.AttemptLimit, "")
	c.setting("followUpLimit", a.key.FollowUpLimit, b.key.FollowUpLimit, "the number of follow-up questions differs")
	c.setting("signals", a.paper.Signals, b.paper.Signals, "")
	c.setting("disconnectCredit", a.paper.DisconnectCredit, b.paper.DisconnectCredit, "")
	c.setting("accommodation", a.paper.Accommodation, b.paper.Accommodation, "")
}

func (c *Comparison) sections(a, b *edition) {
	for i := range max(len(a.paper.Sections), len(b.paper.Sections)) {
		path := "sections." + index(i)
		switch {
		case i >= len(a.paper.Sections):
			c.Changes = append(c.Changes, &VersionChange{Kind: Added, Path: path, Message: b.paper.Sections[i].Title})
			c.reason("the sections differ")
		case i >= len(b.paper.Sections):
			c.Changes = append(c.Changes, &VersionChange{Kind: Removed, Path: path, Message: a.paper.Sections[i].Title})
			c.reason("the sections differ")
		default:
			c.section(path, a, b, i)
		}
	}
}

func (c *Comparison) section(path string, a, b *edition, i int) {
	x, y := a.paper.Sections[i], b.paper.Sections[i]
	c.setting(path+".title", x.Title, y.Title, "")
	c.setting(path+".instructions", x.Instructions, y.Instructions, "")
	c.setting(path+".timeLimit", x.TimeLimit, y.TimeLimit, "the time differs")
	c.setting(path+".order", cmp.Or(x.Order, term.Fixed), cmp.Or(y.Order, term.Fixed), "")
	c.setting(path+".navigation", cmp.Or(x.Navigation, term.Free), cmp.Or(y.Navigation, term.Free), "the way through a section differs")
	c.setting(path+".weight", a.key.Sections[i].Weight, b.key.Sections[i].Weight, "sections weigh differently")
	c.pools(path+".draws", a.draws(i), b.draws(i))
	c.places(path+".slots", a.fixed(i, b), b.fixed(i, a))
}

// always are the items of a section that no pool has.
func (e *edition) always(section int) []*key.Item {
	s := e.key.Sections[section]
	return slices.DeleteFunc(slices.Clone(s.Items), func(item *key.Item) bool {
		return slices.ContainsFunc(s.Draws, func(d draw.Pool) bool { return slices.Contains(d.Refs, item.Ref) })
	})
}

// fixed are the questions that both versions always ask in a section, in the order of this one.
func (e *edition) fixed(section int, other *edition) []gid.ID {
	there := map[gid.ID]bool{}
	for _, item := range other.always(section) {
		there[item.QuestionID] = true
	}
	var ids []gid.ID
	for _, item := range e.always(section) {
		if there[item.QuestionID] {
			ids = append(ids, item.QuestionID)
		}
	}
	return ids
}

// places notes that questions which both versions ask stand in another order.
func (c *Comparison) places(path string, a, b []gid.ID) {
	if !slices.Equal(a, b) {
		c.Changes = append(c.Changes, &VersionChange{Kind: Changed, Path: path, Message: "the questions stand in another order"})
	}
}

// drawn is a pool of a section by its questions: places may have moved.
type drawn struct {
	Count  int      `json:"count"`
	Titles []string `json:"of"`
	ids    []string
}

func (e *edition) draws(section int) []drawn {
	pools := []drawn{}
	for _, d := range e.key.Sections[section].Draws {
		p := drawn{Count: d.Count}
		for _, ref := range d.Refs {
			item := e.key.Item(ref)
			p.Titles, p.ids = append(p.Titles, item.Title), append(p.ids, item.QuestionID.String())
		}
		slices.Sort(p.ids)
		slices.Sort(p.Titles)
		pools = append(pools, p)
	}
	return pools
}

// pools notes the pools that differ: by what they draw, told by its titles.
func (c *Comparison) pools(path string, a, b []drawn) {
	equal := func(x, y drawn) bool { return x.Count == y.Count && slices.Equal(x.ids, y.ids) }
	if !slices.EqualFunc(a, b, equal) {
		c.Changes = append(c.Changes, &VersionChange{Kind: Changed, Path: path, Message: fmt.Sprintf("%s → %s", said(a), said(b))})
		c.reason("the pools differ")
	}
}

// asks is an item with the section that it is in.
type asks struct {
	*key.Item
	section int
}

func (e *edition) items() map[gid.ID]asks {
	all := map[gid.ID]asks{}
	for i, s := range e.key.Sections {
		for _, item := range s.Items {
			all[item.QuestionID] = asks{item, i}
		}
	}
	return all
}

func (c *Comparison) questions(a, b *edition) {
	before, after := a.items(), b.items()
	var found []*VersionChange
	if !maps.EqualFunc(before, after, func(asks, asks) bool { return true }) {
		c.reason("the questions differ")
	}
	// In the order of ids, so that two readers are told the reasons in the same order.
	for _, id := range slices.SortedFunc(maps.Keys(before), func(x, y gid.ID) int { return slices.Compare(x[:], y[:]) }) {
		x := before[id]
		y, stays := after[id]
		switch {
		case !stays:
			found = append(found, &VersionChange{Kind: Removed, Path: x.Ref, Title: x.Title, QuestionID: &id, FromRevision: &x.Revision, Message: "no longer asked"})
		case x.Revision != y.Revision || x.Points != y.Points || x.section != y.section || !same(x.Content, y.Content) || !same(x.Skills, y.Skills):
			found = append(found, c.question(id, x, y))
		}
	}
	for id, y := range after {
		if _, was := before[id]; !was {
			found = append(found, &VersionChange{Kind: Added, Path: y.Ref, Title: y.Title, QuestionID: &id, ToRevision: &y.Revision, Message: "newly asked"})
		}
	}
	slices.SortFunc(found, func(x, y *VersionChange) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), len(x.Path)-len(y.Path), cmp.Compare(x.Path, y.Path))
	})
	c.Changes = append(c.Changes, found...)
}

// question tells everything in which a question differs. What another revision says is not told again as a rule.
func (c *Comparison) question(id gid.ID, x, y asks) *VersionChange {
	var told []string
	tell := func(differs bool, why, format string, values ...any) {
		if differs {
			told = append(told, fmt.Sprintf(format, values...))
			c.reason(why)
		}
	}
	tell(x.Revision != y.Revision, "questions were revised", "revision %d → %d", x.Revision, y.Revision)
	tell(x.Points != y.Points, "questions are worth different points", "%d → %d points", x.Points, y.Points)
	tell(x.section != y.section, "the sections differ", "section %d → %d", x.section+1, y.section+1)
	tell(x.Revision == y.Revision && !same(x.Content, y.Content), "questions are scored by different rules", "another rule of partial credit")
	tell(!same(x.Skills, y.Skills), "questions count for different skills", "skills %s → %s", said(x.Skills), said(y.Skills))
	return &VersionChange{
		Kind: Changed, Path: y.Ref, Title: y.Title, QuestionID: &id, FromRevision: &x.Revision, ToRevision: &y.Revision,
		Message: strings.Join(told, ", "),
	}
}
