"""What a page's commands say before anything runs: words, variables, pipes, loops, here-documents."""

from runbook.reading.content import Block
from runbook.rules.shell import UNKNOWN, Command, Shell


def read(*codes: str) -> list[Command]:
    shell = Shell()
    return [
        command
        for index, code in enumerate(codes)
        for command in shell.read(Block("p.md", 10 * index + 1, None, code, "here"))
    ]


def texts(*codes: str) -> list[list[str]]:
    return [[word.text for word in command.words] for command in read(*codes)]


def test_a_variable_assigned_in_an_earlier_block_has_its_value() -> None:
    assert texts("NS=recette", 'kubectl get pods -n "$NS" "${NS}-x"')[-1] == [
        "kubectl",
        "get",
        "pods",
        "-n",
        "recette",
        "recette-x",
    ]


def test_a_value_that_only_running_tells_is_unknown_but_assigned() -> None:
    substituted, used = read("POD=$(kubectl get pod -o jsonpath='{.items[0].metadata.name}')", 'kubectl logs "$POD"')
    assert substituted.name == "kubectl"
    assert used.words[-1].text == UNKNOWN
    assert not used.words[-1].unset


def test_a_variable_that_nothing_assigned_is_named() -> None:
    (command,) = read('echo "$POD" ${NS} ${OPTIONAL:-x} $?')
    assert [word.unset for word in command.arguments] == [("POD",), ("NS",), (), ()]


def test_continuations_keep_each_word_at_its_own_line() -> None:
    (command,) = read("kubectl get pods \\\n  -n recette")
    assert [word.line for word in command.words] == [2, 2, 2, 3, 3]


def test_a_loop_over_known_words_is_read_once_a_word() -> None:
    assert texts("for d in a b; do kubectl rollout status deploy/$d; done") == [
        ["kubectl", "rollout", "status", "deploy/a"],
        ["kubectl", "rollout", "status", "deploy/b"],
    ]


def test_what_a_subshell_assigns_is_gone_after_it() -> None:
    assert texts("(X=1; echo $X); echo $X") == [["echo", "1"], ["echo", UNKNOWN]]


def test_pipes_redirections_and_here_documents_are_told_apart() -> None:
    first, second, third = read("cat f | sort >out", "kubectl apply -f - <<END\nkind: Pod\nEND")
    assert (first.piped, second.piped) == ((), ("cat",))
    assert [(operator, word.text) for operator, word in second.redirects] == [(">", "out")]
    assert third.stdin == "kind: Pod\n"


def test_the_words_around_the_start_of_a_here_document_are_the_commands() -> None:
    (command,) = read("kubectl apply -f - <<END -n x\nkind: Pod\nEND")
    assert [word.text for word in command.words] == ["kubectl", "apply", "-f", "-", "-n", "x"]


def test_a_variable_without_quotes_is_split_as_bash_does() -> None:
    assert texts("""A="-n x"; y $A "$A" """)[-1] == ["y", "-n", "x", "-n x"]


def test_quoting_is_what_bash_makes_of_it() -> None:
    assert texts("""x 'a b' "c d" e\\ f $'g\\th' a'b'"c" """) == [["x", "a b", "c d", "e f", "g\th", "abc"]]
    assert texts(r"""x "{\"a\": \"\\ \$y \n\"}" """) == [["x", r'{"a": "\ $y \n"}']]


def test_a_functions_name_is_known_after_its_definition() -> None:
    shell = Shell()
    list(shell.read(Block("p.md", 1, None, "f() { echo x; }", "here")))
    assert set(shell.functions) == {"f"}
