"""The command: `python -m training fit|evaluate|teach`."""

import click

from training.evaluate_command import evaluate_command
from training.fit_command import fit_command
from training.reuters import reuters_command
from training.teach_command import teach_command


@click.group()
def main() -> None:
    """Train and evaluate models from files of labelled examples."""


main.add_command(fit_command)
main.add_command(evaluate_command)
main.add_command(teach_command)
main.add_command(reuters_command)


if __name__ == "__main__":
    main(prog_name="python -m training")
