using System.Collections.Concurrent;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Sessions;

/// <summary>
/// Gives a connection its place among its user's, of which there are ConnectionsPerUser. A network that breaks leaves dead sockets behind, and
/// they must not keep the user out until they are noticed: where all places are taken, each connection of the user has to answer a ping, and of
/// those that do not the one that has been silent longest makes way. May be used from any thread.
/// </summary>
internal sealed class UserPlaces(ConnectionRegistry registry, LimitOptions limits, TimeProvider time)
{
    /// <summary>The time that a connection has to answer, before a newcomer takes its place.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(2);

    /// <summary>Those that are being asked, each once for all newcomers that wait.</summary>
    private readonly ConcurrentDictionary<ClientConnection, Question> _asked = new();

    /// <summary>
    /// Takes a place, and returns false if there is none for this connection, which is when all that have one live. Takes up to
    /// <see cref="AnswerTime"/>, on no thread. Not more connections than the limit have a place at any moment.
    /// </summary>
    /// <param name="newcomer">The connection.</param>
    /// <param name="userId">Its user.</param>
    /// <param name="elsewhere">How many places the user has taken on other nodes, as far as is known here. Those cannot be asked.</param>
    public async ValueTask<bool> TryTakeAsync(ClientConnection newcomer, string userId, int elsewhere)
    {
        var limit = limits.ConnectionsPerUser;
        if (limit > 0 && (limit -= elsewhere) <= 0) return false;
        if (registry.TryIdentify(newcomer, userId, limit)) return true;

        // A client that has to wait for a place does not have to wait for its upgrade, too.
        newcomer.FlushReplies();
        var begun = time.GetTimestamp();
        // Those that come later are newcomers, too, and live. So each is asked once, and the wait has an end.
        List<Question> questions = [.. registry.Of(userId).ToArray().OrderBy(connection => connection.Life.HeardAt).Select(connection => Ask(connection, begun))];
        while (!registry.TryIdentify(newcomer, userId, limit))
        {
            if (questions.Count == 0) return false;
            await DecidedAsync(questions, newcomer.Gone);
            // Nobody is let go for a newcomer that has left, or is to leave.
            if (newcomer.Gone.IsCancellationRequested || newcomer.Closing is not null) return false;

            questions.RemoveAll(question => question.Answer is { IsCompletedSuccessfully: true, Result: true });
            if (questions.Find(question => question.Answer.IsCompleted) is not { } silent) continue;
            questions.Remove(silent);
            // Another newcomer may have its place by now, or it has left.
            if (!registry.TryReplace(silent.Connection, newcomer, userId)) continue;
            silent.Connection.Abort(ClientConnection.NoAnswer);
            return true;
        }

        return true;
    }

    /// <summary>Ends when at least one is decided, or the newcomer is gone.</summary>
    private async Task DecidedAsync(List<Question> questions, CancellationToken gone)
    {
        Task first = Task.WhenAny(questions.Select(question => question.Answer));
        await first.WaitAsync(gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // The one to go is the one that has been silent longest, and not the one whose timer came first: the time of all that were asked with it is over.
        await Task.WhenAll(questions.Where(question => time.GetElapsedTime(question.BegunAt) >= AnswerTime).Select(question => question.Answer));
    }

    private Question Ask(ClientConnection connection, long begunAt) =>
        _asked.GetOrAdd(connection, asked => new Question(asked, begunAt, new Lazy<Task<bool>>(() => AnswersAsync(asked))));

    private async Task<bool> AnswersAsync(ClientConnection connection)
    {
        try
        {
            return await connection.Life.AnswersAsync(AnswerTime);
        }
        finally
        {
            _asked.TryRemove(connection, out _);
        }
    }

    /// <summary>A connection that is pinged for its place.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="BegunAt">When the first newcomer that asks it began to ask, the same for all that it asks. A timestamp of the server's clock.</param>
    /// <param name="Asking">Pings it. Lazy, because a connection can be asked by one at a time.</param>
    private sealed record Question(ClientConnection Connection, long BegunAt, Lazy<Task<bool>> Asking)
    {
        /// <summary>Whether it gives a sign of life in time.</summary>
        public Task<bool> Answer => Asking.Value;
    }
}
