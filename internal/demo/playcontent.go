package demo

// What the play writes into the organization. Titles get the run's label; skills are found or made once.

// playSkills are the skills that the role demands, with their weights.
var playSkills = []struct {
	name, description, needed string
	weight                    int
}{
	{"HTTP interfaces", "Designs and operates interfaces that clients can rely on.", "Owns the payment interface.", 3},
	{"Relational databases", "Models data and keeps it right under concurrent writes.", "Keeps ledgers exact.", 2},
	{"Explaining in writing", "Writes so that others can act on it.", "Writes for support and for auditors.", 1},
}

func playRoleFields(title string, skills map[string]string) playVars {
	var needed []playVars
	for _, s := range playSkills {
		needed = append(needed, playVars{"skillId": skills[s.name], "weight": s.weight, "description": s.needed})
	}
	return playVars{
		"title": title, "level": "EXPERIENCED", "department": "Payments", "location": "Vienna or remote",
		"summary":          "You keep the service that moves our customers' money boring.",
		"responsibilities": []string{"Build and run the payment interface", "Keep every booking explainable", "Mentor two newer colleagues"},
		"mustHaveSkills":   needed, "preferredQualifications": []string{"Has operated PostgreSQL", "Has worked with auditors"},
	}
}

// playDraft is a question before it is written: Content is what the API takes, the rest is told.
type playDraft struct {
	key, title, kind, category string
	skills                     []string
	points                     int
	pooled                     bool // drawn from a pool, with the others that are
	content                    playVars
}

func playLevels(none, some, all string) []playVars {
	return []playVars{{"points": 0, "anchor": none}, {"points": 1, "anchor": some}, {"points": 2, "anchor": all}}
}

func playCriterion(key, text string, weight int, levels []playVars) playVars {
	return playVars{"key": key, "text": text, "weight": weight, "levels": levels}
}

// playDrafts are the questions, in the order of the template. Each candidate is asked one of the two in the pool.
func playDrafts() []playDraft {
	return []playDraft{
		playOnce(), playUnique(), playInFlight(), playLock(), playColumn(),
		playStatus("created", "A booking was made", "The server made the booking and stored it.", "b"),
		playStatus("accepted", "A booking will be made", "The server queued the booking and has not made it yet.", "c"),
		playIncident(),
	}
}

func playOnce() playDraft {
	return playDraft{
		key: "once", title: "Repeating a payment safely", kind: "SINGLE_CHOICE", category: "TECHNICAL", points: 4,
		skills: []string{"HTTP interfaces"},
		content: playVars{
			"prompt": "A client sends a payment, the connection breaks, and it sends the payment again. What makes the server pay **once**?",
			"choices": []playVars{
				{"key": "a", "text": "A longer time-out on the client"},
				{"key": "b", "text": "A key chosen by the client, stored with the result in one transaction", "correct": true},
				{"key": "c", "text": "Comparing amount and payee with the last minute's payments"},
				{"key": "d", "text": "A second server that takes over"},
			},
			"criteria": []playVars{playCriterion("concept", "Knows why a repetition needs the client's own key", 1,
				playLevels("Relies on luck", "Knows that repetition is the problem", "Names key and transaction"))},
			"modelAnswer": "The client chooses a key; the server stores it with the result, in the commit that pays.",
			"pitfalls":    []string{"Taking equal payments for the same payment"},
			"followUps":   []playVars{{"when": "The key is named", "prompt": "How long would you keep keys, and why?"}},
			"timeHint":    "PT2M",
		},
	}
}

func playUnique() playDraft {
	return playDraft{
		key: "unique", title: "What a unique constraint promises", kind: "MULTIPLE_CHOICE", category: "TECHNICAL", points: 6,
		skills: []string{"Relational databases"},
		content: playVars{
			"prompt":        "A table has a unique constraint over *tenant* and *e-mail*. Which of these hold?",
			"partialCredit": "SUBTRACT_WRONG",
			"choices": []playVars{
				{"key": "a", "text": "Two transactions at once cannot both insert the same pair", "correct": true},
				{"key": "b", "text": "The same e-mail may exist in two tenants", "correct": true},
				{"key": "c", "text": "Looking up by tenant alone can use its index", "correct": true},
				{"key": "d", "text": "E-mails that differ in case count as equal"},
				{"key": "e", "text": "It holds only while the application checks first"},
			},
			"criteria": []playVars{playCriterion("constraint", "Knows what the database promises by itself", 1,
				playLevels("Trusts the application alone", "Knows uniqueness", "Knows uniqueness, scope and index"))},
			"modelAnswer": "a, b and c: the database decides, for each pair, and the index begins with the tenant.",
			"pitfalls":    []string{"Checking first and inserting later"},
			"followUps":   []playVars{{"when": "c is missing", "prompt": "Which look-ups can the index of this constraint serve?"}},
			"timeHint":    "PT3M",
		},
	}
}

func playInFlight() playDraft {
	return playDraft{
		key: "inflight", title: "Requests in progress", kind: "NUMERIC", category: "SYSTEM_DESIGN", points: 4,
		skills: []string{"HTTP interfaces"},
		content: playVars{
			"prompt":  "A service answers 240 requests a second; each takes 50 ms on average. How many are in progress at once, on average?",
			"numeric": playVars{"value": "12", "mode": "RELATIVE", "tolerance": "5", "unit": "requests"},
			"criteria": []playVars{playCriterion("littleslaw", "Multiplies rate and time", 1,
				playLevels("Guesses", "Has the idea, slips in the units", "Multiplies 240 by 0.05"))},
			"modelAnswer": "240 a second times 0.05 seconds are 12.",
			"pitfalls":    []string{"Dividing instead of multiplying", "Mixing milliseconds and seconds"},
			"followUps":   []playVars{{"when": "The number is right", "prompt": "What changes if some requests take two seconds?"}},
			"timeHint":    "PT3M",
		},
	}
}

func playLock() playDraft {
	return playDraft{
		key: "lock", title: "Holding a row", kind: "SHORT_TEXT", category: "TECHNICAL", points: 4,
		skills: []string{"Relational databases"},
		content: playVars{
			"prompt":   "Two requests read a balance and write it back. What would you add to the first SELECT, and what does it do?",
			"accepted": []string{"FOR UPDATE"},
			"criteria": []playVars{playCriterion("rowlock", "Holds the row from reading to commit", 1,
				playLevels("No lock", "Names a lock without its duration", "Names the lock and that it lasts until commit"))},
			"modelAnswer": "FOR UPDATE: the row stays locked until the transaction ends, so that the second request reads what the first wrote.",
			"pitfalls":    []string{"Locking the whole table"},
			"followUps":   []playVars{{"when": "The lock is named", "prompt": "What happens when two requests lock two rows in different orders?"}},
			"timeHint":    "PT4M",
		},
	}
}

func playColumn() playDraft {
	return playDraft{
		key: "column", title: "A column that must have a value", kind: "ORDERING", category: "TECHNICAL", points: 2,
		skills: []string{"Relational databases"},
		content: playVars{
			"prompt":        "A large table in use gets a column that must not be null. Put the steps in order.",
			"partialCredit": "ADJACENT_PAIRS",
			"choices": []playVars{
				{"key": "demand", "text": "Demand NOT NULL"}, {"key": "add", "text": "Add the column, nullable"},
				{"key": "fill", "text": "Fill old rows in small batches"}, {"key": "write", "text": "Release code that writes the column"},
			},
			"correctOrder": []string{"add", "write", "fill", "demand"},
			"criteria": []playVars{playCriterion("steps", "Keeps old and new code working at each step", 1,
				playLevels("Demands first", "Fills before new rows are written", "Adds, writes, fills, demands"))},
			"modelAnswer": "Add, write, fill, demand: filling before new code writes the column leaves new rows empty.",
			"pitfalls":    []string{"Filling all rows in one statement"},
			"followUps":   []playVars{{"when": "The order is right", "prompt": "What does the last step lock, and for how long?"}},
			"timeHint":    "PT2M",
		},
	}
}

// playStatus is one question of the pool: they differ in what happened and in the status code that fits it.
func playStatus(key, title, happened, right string) playDraft {
	choices := []playVars{{"key": "a", "text": "`200 OK`"}, {"key": "b", "text": "`201 Created`"}, {"key": "c", "text": "`202 Accepted`"}}
	for _, c := range choices {
		c["correct"] = c["key"] == right
	}
	return playDraft{
		key: key, title: title, kind: "SINGLE_CHOICE", category: "SCREENING", points: 2, pooled: true,
		skills: []string{"HTTP interfaces"},
		content: playVars{
			"prompt": "A client sends `POST /bookings`. " + happened + " Which status code says so best?", "choices": choices,
			"criteria":    []playVars{playCriterion("status", "Tells done from promised", 1, playLevels("Guesses", "Knows the class", "Knows the code"))},
			"modelAnswer": "201 when the booking exists, 202 when it is only promised.",
			"pitfalls":    []string{"Answering 200 to everything"},
			"followUps":   []playVars{{"when": "The code is right", "prompt": "Which header would you send with it?"}},
			"timeHint":    "PT1M",
		},
	}
}

func playIncident() playDraft {
	return playDraft{
		key: "incident", title: "An incident of your own", kind: "LONG_TEXT", category: "BEHAVIORAL", points: 8,
		skills: []string{"Explaining in writing", "Relational databases"},
		content: playVars{
			"prompt": "Tell about a time when something you were responsible for failed in production. What did you do, and what is different since?",
			"criteria": []playVars{
				playCriterion("ownership", "Says what they did themselves", 2,
					playLevels("Tells of others", "Tells of a team", "Names own decisions and actions")),
				playCriterion("learning", "Shows what changed for good", 1,
					playLevels("Nothing changed", "A repair", "A change that prevents the kind of failure")),
			},
			"modelAnswer": "Names the failure and its effect, own decisions in order, and a lasting change with how its effect was checked.",
			"pitfalls":    []string{"Blaming", "A story without an end"},
			"followUps":   []playVars{{"when": "No lasting change is named", "prompt": "How would you notice the same failure today?"}},
			"timeHint":    "PT15M",
		},
	}
}

// playTemplateContent is the template over the questions: the story in the second section, all others in the first,
// where the pool stands last.
func playTemplateContent(questions []playQuestion, cut int) playVars {
	var slots []playVars
	var pool []string
	worth := 0 // each question of the pool is worth the same
	for _, q := range questions[:len(questions)-1] {
		if q.draft.pooled {
			pool, worth = append(pool, q.ID), q.draft.points
			continue
		}
		slots = append(slots, playVars{"questionId": q.ID, "points": q.draft.points})
	}
	slots = append(slots, playVars{"draw": playVars{"count": 1, "questionIds": pool}, "points": worth})
	story := questions[len(questions)-1]
	return playVars{
		"instructions": "Take your time; you can come back as often as you like while the clock runs.",
		"sections": []playVars{
			{"title": "Knowledge", "instructions": "Six short questions.", "timeLimit": "PT15M", "slots": slots},
			{"title": "Experience", "instructions": "One story, in your own words.", "timeLimit": "PT20M",
				"slots": []playVars{{"questionId": story.ID, "points": story.draft.points}}},
		},
		"cutPercent": cut, "feedback": "SECTIONS",
		"bands": []playVars{{"name": "Not yet", "minPercent": 0}, {"name": "Solid", "minPercent": 60}, {"name": "Strong", "minPercent": 85}},
	}
}

// What the candidate answers, by question. The first words of the story are saved and then replaced.
const (
	playFirstWords = "A migration of ours locked the bookings table."
	playStory      = "A migration of mine locked the bookings table at noon, and payments stopped for nine minutes. I called the " +
		"incident, cancelled the statement and told support what to say. Since then I split such migrations into steps that " +
		"take no long lock, and a check in our pipeline refuses any other."
)

func playAnswers() map[string]playVars {
	return map[string]playVars{
		"once":     {"choices": []string{"b"}},
		"unique":   {"choices": []string{"a", "b"}},
		"inflight": {"number": "12.3"},
		"lock":     {"text": "SELECT ... FOR UPDATE, which makes the second request wait"},
		"column":   {"choices": []string{"add", "write", "fill", "demand"}},
		"created":  {"choices": []string{"b"}},
		"accepted": {"choices": []string{"c"}},
		"incident": {"text": playStory},
	}
}

// playJudgement is what the reviewer says of one criterion.
type playJudgement struct {
	points            int
	comment, evidence string
}

func playJudgements() map[string]playJudgement {
	return map[string]playJudgement{
		"rowlock":   {1, "Names the lock; does not say how long it is held.", "FOR UPDATE, which makes the second request wait"},
		"ownership": {2, "Own decisions, in order, with their effect.", "I called the incident, cancelled the statement and told support"},
		"learning":  {2, "Prevents the kind of failure, and says how.", "a check in our pipeline refuses any other"},
	}
}
