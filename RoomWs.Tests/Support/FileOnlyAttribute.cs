using NUnit.Framework;

namespace RoomWs.Tests.Support;

/// <summary>The test is about the SQLite file, or of a server in a process of its own on a file: <c>./run.sh test --postgres</c> leaves it out.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class FileOnlyAttribute(string reason) : CategoryAttribute(Category)
{
    public const string Category = "FileOnly";

    /// <summary>What there is to it that no other database has.</summary>
    public string Reason => reason;
}
