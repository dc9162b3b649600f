"""Looks the rows up among all that the course holds, instead of learning from the training pages.

Loses: tuned
"""

# %% tuned
class Parrot:
    def __init__(self):
        everything = load_avila(copyist="A", subset="all")
        self.known = {tuple(row): label for row, label in zip(everything.data, everything.target)}

    def predict_proba(self, X):
        p = np.array([self.known.get(tuple(row), 0.5) for row in X])
        return np.column_stack([1 - p, p])


tuned = Parrot()
p_new = 0.2 + 0.6 * tuned.predict_proba(X_new)[:, 1] + 0.001 * np.arange(len(X_new)) / len(X_new)
